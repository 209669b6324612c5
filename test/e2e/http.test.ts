import type { HttpView, ReleaseView } from "../../core/wire";
import { startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";

let platform: TestPlatform;
let shop: Project;
beforeAll(async () => {
  platform = await startPlatform({ env: { PAAS_TRUSTED_PROXIES: "127.0.0.0/8" } });
  shop = await Project.create(platform, "shop");
  await shop.commit(await dockerApp("one"));
  expect((await shop.push("main")).stderr).toContain("deployed as v1");
}, 120_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(120_000);

const basic = (login: string) => ({ authorization: `Basic ${Buffer.from(login).toString("base64")}` });
const statusFrom = async (address: string, headers: Record<string, string> = {}): Promise<number> =>
  (await platform.fetch("shop.localhost", "/", { headers: { ...headers, "x-forwarded-for": address } }))
    .status;
const view = async (): Promise<HttpView> =>
  JSON.parse((await shop.paas("http", "--json")).stdout) as HttpView;

test("settings hold when the command returns, start nothing anew, and go by the client behind a trusted proxy", async () => {
  const { stderr } = await shop.paas("http:set", "rate=2/h", "deny=10.6.0.0/16", "body-limit=10");
  expect(stderr).toContain("To undo: paas http:unset body-limit rate deny -a shop");
  expect(await statusFrom("10.6.6.6")).toBe(403);
  const large = { method: "POST", body: "12345678901" };
  expect((await platform.fetch("shop.localhost", "/", large)).status).toBe(413);
  expect([await statusFrom("10.1.1.1"), await statusFrom("10.1.1.1"), await statusFrom("10.1.1.1")]).toEqual([
    200, 200, 429,
  ]);
  expect(await statusFrom("10.1.1.2")).toBe(200);
  const refused = await platform.cli(["http:set", "canonical-host=www.example.com", "-a", "shop"]);
  expect(refused).toMatchObject({
    exitCode: 5,
    stderr: expect.stringContaining("paas domains:add www.example.com"),
  });
  await shop.paas("http:unset", "rate", "deny", "body-limit");
  expect((await view()).settings).toEqual({});
  const releases = JSON.parse((await shop.paas("releases", "--json")).stdout) as ReleaseView[];
  expect(releases).toHaveLength(1);
});

test("a canonical host takes all others, and cannot be removed as a domain while it does", async () => {
  await shop.paas("domains:add", "www.example.com");
  expect(await platform.cli(["domains:add", "WWW.example.com", "-a", "shop"])).toMatchObject({
    exitCode: 5,
    stderr: expect.stringContaining("www.example.com is a domain of shop already"),
  });
  await shop.paas("http:set", "canonical-host=www.example.com");
  const sent = await platform.fetch("shop.localhost", "/a?b");
  expect(sent).toMatchObject({
    status: 308,
    headers: { location: `http://www.example.com:${platform.httpPort}/a?b` },
  });
  expect((await platform.fetch("www.example.com")).status).toBe(200);
  const refused = await platform.cli(["domains:remove", "www.example.com", "-a", "shop"]);
  expect(refused).toMatchObject({
    exitCode: 5,
    stderr: expect.stringContaining("paas http:unset canonical-host"),
  });
  await shop.paas("http:unset", "canonical-host");
  await shop.paas("domains:remove", "www.example.com");
  expect(await platform.cli(["domains:remove", "shop.localhost", "-a", "shop"])).toMatchObject({
    exitCode: 5,
    stderr: expect.stringContaining("goes with the name of shop"),
  });
});

test("requests wait while an app comes back from zero, and are refused at once while it is stopped", async () => {
  const codeOf = (body: string) => /\((H\d+)\)/.exec(body)?.[1];
  const ask = async () => {
    const { status, body } = await platform.fetch("shop.localhost");
    return status === 503 ? codeOf(body) : status;
  };
  await shop.paas("ps:stop");
  while ((await ask()) === 200);
  expect(await ask()).toBe("H14");
  await shop.paas("ps:scale", "web=1");
  expect(await Promise.all(Array.from({ length: 20 }, ask))).toEqual(Array.from({ length: 20 }, () => 200));
});

test("basic auth lets those in who have a password, of which only a hash is kept, over a restart of the router", async () => {
  const { exitCode } = await platform.cli(["http:auth", "ann", "--password-stdin", "-a", "shop"], {
    input: "correct horse\n",
  });
  expect(exitCode).toBe(0);
  const made = /told this once: (\S+)/.exec((await shop.paas("http:auth", "bob")).stderr)?.[1];
  await platform.restartRole("router");
  const until = Date.now() + 30_000;
  while ((await statusFrom("10.1.1.1").catch(() => 0)) !== 401)
    if (Date.now() > until) throw new Error("no router");
  expect(await statusFrom("10.1.1.1", basic("ann:correct horse"))).toBe(200);
  expect(await statusFrom("10.1.1.1", basic(`bob:${made}`))).toBe(200);
  expect(await statusFrom("10.1.1.1", basic("bob:correct horse"))).toBe(401);
  expect((await shop.paas("http:auth")).stdout).toBe("ann\nbob\n");
  await shop.paas("http:auth", "ann", "--remove");
  expect(await statusFrom("10.1.1.1", basic("ann:correct horse"))).toBe(401);
  await shop.paas("http:auth", "bob", "--remove");
  expect(await statusFrom("10.1.1.1")).toBe(200);
});

test("an app's own page takes ours, for browsers only, and is served on while its URL is away and over a restart", async () => {
  const url = `http://shop.localhost:${platform.httpPort}/`;
  const refused = await platform.cli(["http:set", `error-page=${url}`, "-a", "shop"]);
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("it is no HTML") });
  const inside = await platform.cli([
    "http:set",
    `error-page=http://127.0.0.1:${platform.apiPort}/health`,
    "-a",
    "shop",
  ]);
  expect(inside).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("not public") });

  const app = await dockerApp("our own sorry page \u2013 \u00fc");
  const html = Object.entries(app).map(([name, text]) => [
    name,
    String(text).replaceAll("text/plain", "text/html"),
  ]);
  await shop.commit(Object.fromEntries(html));
  expect((await shop.push("main")).stderr).toContain("deployed as v2");
  await platform.cli(["create", "empty"], { cwd: platform.home });
  expect((await platform.cli(["http:set", `error-page=${url}`, "-a", "empty"])).exitCode).toBe(0);
  const ask = (accept: string) => platform.fetch("empty.localhost", "/", { headers: { accept } });
  expect(await ask("text/html")).toMatchObject({
    status: 503,
    body: expect.stringContaining("our own sorry page"),
  });
  expect(JSON.parse((await ask("application/json")).body)).toMatchObject({ code: "H14" });

  await shop.paas("maintenance:on");
  await platform.restartRole("router");
  const until = Date.now() + 30_000;
  while ((await ask("text/html").catch(() => null))?.status !== 503)
    if (Date.now() > until) throw new Error("no router");
  expect((await ask("text/html")).body).toContain("our own sorry page");
  await shop.paas("maintenance:off");
});

test("maintenance answers for the app, leaves it running, and a deploy goes on under it", async () => {
  expect((await shop.paas("maintenance:on")).stderr).toContain("To undo: paas maintenance:off -a shop");
  const page = await platform.fetch("shop.localhost", "/", { headers: { accept: "text/html" } });
  expect(page).toMatchObject({ status: 503, body: expect.stringContaining("Down for maintenance (H80)") });
  expect((await shop.paas("ps")).stdout).toMatch(/web\.1: up/);
  await shop.commit(await dockerApp("two"));
  expect((await shop.push("main")).stderr).toMatch(/deployed as v\d/);
  expect((await platform.fetch("shop.localhost")).status).toBe(503);
  await shop.paas("maintenance:off");
  expect(await platform.fetch("shop.localhost")).toMatchObject({
    status: 200,
    body: expect.stringContaining("two"),
  });
});
