import type { HttpPolicy } from "../../../core/http-policy";
import { hashPassword } from "../../../core/password";
import { useRigs } from "../../support/router-rig/use-rigs";

const rig = useRigs();

const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString("base64")}` });
const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
/** A router behind which every client is a proxy that says whom it asks for. */
const behindProxy = { proxies: ["127.0.0.0/8"] };
const from = (address: string) => ({ "X-Forwarded-For": address });

test("a body larger than the app takes is refused with 413: by its length at once, in chunks as soon as it is", async () => {
  const router = await rig();
  let heard = 0;
  const port = await router.app((request, response) => {
    request.on("data", (part: Buffer) => {
      heard += part.length;
    });
    request.on("end", () => response.end("taken"));
  });
  router.policy(port, { bodyBytes: 10 });
  const post = (rest: string) => router.client(`POST / HTTP/1.1\r\nHost: shop.localhost\r\n${rest}`);
  const long = await post("Content-Length: 11\r\n\r\n");
  expect(await long.end()).toMatch(/^HTTP\/1\.1 413 [\s\S]*Connection: close/);
  expect(heard).toBe(0);
  const chunked = await post("Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n");
  expect(await chunked.end()).toMatch(/^HTTP\/1\.1 413 /);
  expect(await router.line((line) => line.includes("413"))).toMatch(
    /^at=error code=H26 desc="Request body too large"/,
  );
  const fits = await post("Content-Length: 10\r\n\r\n0123456789");
  await fits.receive(/200 OK[\s\S]*taken/);
});

test("a head larger than the app takes is refused with 431", async () => {
  const router = await rig();
  const port = await router.app((_, response) => response.end("served"));
  router.policy(port, { headBytes: 1_024, headFields: 8 });
  expect(statusOf(await router.get("/"))).toBe(200);
  expect(statusOf(await router.get(`/${"a".repeat(1_000)}`))).toBe(431);
  const many = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`X-${index}`, "1"]));
  expect(statusOf(await router.get("/", many))).toBe(431);
});

test("addresses are let in and kept out by range", async () => {
  const router = await rig(behindProxy);
  const port = await router.app((_, response) => response.end("served"));
  router.policy(port, { allow: ["10.0.0.0/8", "2001:db8::/32"], deny: ["10.0.0.66/32"] });
  const ask = async (address: string) => statusOf(await router.get("/", from(address)));
  expect(await ask("10.1.2.3")).toBe(200);
  expect(await ask("2001:db8::9")).toBe(200);
  expect(await ask("10.0.0.66")).toBe(403);
  expect(await ask("11.1.2.3")).toBe(403);
});

test("a client that asks too often gets 429 and when to come again; others are served", async () => {
  const router = await rig(behindProxy);
  const port = await router.app((_, response) => response.end("served"));
  router.policy(port, { rate: { requests: 2, perMs: 3_600_000 } });
  const ask = (address: string) => router.get("/", from(address));
  expect([statusOf(await ask("1.1.1.1")), statusOf(await ask("1.1.1.1"))]).toEqual([200, 200]);
  const refused = await ask("1.1.1.1");
  expect(refused).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n[\s\S]*Retry-After: 1800\r\n/);
  expect(statusOf(await ask("1.1.1.2"))).toBe(200);
});

test("a client has so many requests under way at once, WebSockets included, and no more", async () => {
  const router = await rig(behindProxy);
  const waiting: (() => void)[] = [];
  const port = await router.app(
    (request, response) => {
      if (request.url === "/now") response.end("served");
      else waiting.push(() => response.end("late"));
    },
    (server) =>
      server.on("upgrade", (_request, socket) =>
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n"),
      ),
  );
  router.policy(port, { connections: 2 });
  const head = "Host: shop.localhost\r\nX-Forwarded-For: 1.1.1.1\r\n";
  const slow = await router.client(`GET /slow HTTP/1.1\r\n${head}\r\n`);
  const tunnel = await router.client(
    `GET / HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: other\r\n\r\n`,
  );
  await tunnel.receive(/^HTTP\/1\.1 101/);
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(statusOf(await router.get("/now", from("1.1.1.1")))).toBe(429);
  expect(statusOf(await router.get("/now", from("1.1.1.2")))).toBe(200);
  expect(await router.line((line) => line.includes("H22"))).toContain('desc="Connection limit reached"');
  waiting[0]?.();
  await slow.receive(/late/);
  await router.line((line) => line.includes('path="/slow"'));
  expect(statusOf(await router.get("/now", from("1.1.1.1")))).toBe(200);
});

describe("basic auth", () => {
  test("asks for a name and a password, and lets nobody in without", async () => {
    const router = await rig();
    const port = await router.app((_, response) => response.end("served"));
    router.policy(port, { users: { ann: await hashPassword("correct horse") } });
    const refused = await router.get("/");
    expect(refused).toMatch(
      /^HTTP\/1\.1 401 [\s\S]*WWW-Authenticate: Basic realm="shop.localhost", charset="UTF-8"\r\n/,
    );
    for (const login of ["ann:correct hors", "bob:correct horse", "ann", ":", "__proto__:x"])
      expect(statusOf(await router.get("/", basic(login)))).toBe(401);
    expect(statusOf(await router.get("/", { Authorization: "Bearer x" }))).toBe(401);
    for (const _ of [1, 2]) expect(statusOf(await router.get("/", basic("ann:correct horse")))).toBe(200);
  });

  test("asks for none where it could be read on the way to https", async () => {
    const router = await rig();
    router.secureHosts.add("shop.localhost");
    router.policy(1, { users: { ann: "-" } }, [], { redirect: true, hsts: null });
    expect(await router.get("/a")).toMatch(
      /^HTTP\/1\.1 301 [\s\S]*Location: https:\/\/shop\.localhost:8443\/a\r\n/,
    );
  });
});

describe("a hostname that is sent elsewhere", () => {
  test("is sent there with its path, its method and the port that was named", async () => {
    const router = await rig();
    const port = await router.app((_, response) => response.end("served"));
    const http = {
      canonicalHost: "www.example.com",
      redirects: { "old.example.com": "new.example.com", "*.example.org": "new.example.com" },
    };
    router.policy(port, http, [
      "www.example.com",
      "new.example.com",
      "old.example.com",
      "*.example.org",
      "example.com",
    ]);
    const ask = async (host: string) =>
      (
        await router.client(
          `POST /a?b=c HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
        )
      ).end();
    expect(await ask("shop.localhost:8080")).toMatch(
      /^HTTP\/1\.1 308 [\s\S]*Location: http:\/\/www\.example\.com:8080\/a\?b=c\r\n/,
    );
    expect(await ask("Example.com")).toMatch(/Location: http:\/\/www\.example\.com\/a\?b=c\r\n/);
    for (const host of ["old.example.com", "one.example.org"])
      expect(await ask(host)).toMatch(/Location: http:\/\/new\.example\.com\/a\?b=c\r\n/);
    for (const host of ["www.example.com", "new.example.com"]) expect(statusOf(await ask(host))).toBe(200);
  });
});

describe("maintenance", () => {
  test("answers every request with 503, keeps the targets, and ends with the next table", async () => {
    const router = await rig();
    const port = await router.app((_, response) => response.end("served"));
    router.policy(port, { maintenance: true });
    expect(await router.get("/", { Accept: "text/html" })).toMatch(
      /^HTTP\/1\.1 503 [\s\S]*<h1>Down for maintenance \(H80\)/,
    );
    expect(await router.line()).toMatch(/^at=error code=H80 desc="Maintenance mode"/);
    router.policy(port, {});
    expect(await router.get("/")).toContain("served");
  });

  test("and everything else leaves an authority's question for a proof alone", async () => {
    const router = await rig();
    const everything = {
      maintenance: true,
      deny: ["0.0.0.0/0"],
      users: { ann: "-" },
      rate: { requests: 1, perMs: 3_600_000 },
      canonicalHost: "www.example.com",
      headFields: 1,
    };
    router.policy(1, everything, ["www.example.com"], { redirect: true, hsts: null, acme: "thumb" });
    for (const _ of [1, 2])
      expect(await router.get("/.well-known/acme-challenge/token")).toMatch(
        /^HTTP\/1\.1 200 [\s\S]*token\.thumb$/,
      );
    expect(statusOf(await router.get("/"))).toBe(403);
  });
});

test("an app's own pages are what browsers get for its faults, byte by byte, and nobody else", async () => {
  const router = await rig();
  const html = "<h1>Gleich zur\u00fcck \u2026</h1>";
  const route = (http: HttpPolicy) =>
    router.hosts({
      version: 0,
      hosts: { "shop.localhost": "a1" },
      apps: { a1: { name: "shop", mode: "none", targets: [], http, pages: { p1: html } } },
    });
  const ask = (accept: string) => router.get("/", { Accept: accept });
  route({ pages: { error: "p1" } });
  const page = Buffer.from(await ask("text/html"), "latin1").toString();
  expect(page).toMatch(/^HTTP\/1\.1 503 /);
  expect(page).toContain(`Content-Length: ${Buffer.byteLength(html)}\r\n`);
  expect(page.endsWith(html)).toBe(true);
  expect(await ask("*/*")).toContain("Nothing runs here (H14)");
  route({ pages: { error: "p1" }, maintenance: true });
  expect(await ask("text/html")).toContain("Down for maintenance (H80)");
  route({ pages: { maintenance: "p1" }, maintenance: true });
  expect(await ask("text/html")).toContain("<h1>Gleich");
  route({ pages: { error: "p1" }, deny: ["0.0.0.0/0"] });
  expect(await ask("text/html")).toContain("Forbidden (H26)");
});

test("the app's own idle time counts instead of the router's", async () => {
  const router = await rig({ limits: { idleMs: 60_000, firstByteMs: 60_000 } });
  const port = await router.app((_, response) => void response.write("half"));
  router.policy(port, { idleMs: 50 });
  const client = await router.client("GET / HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
  await client.end();
  expect(await router.line()).toMatch(/^at=error code=H15 /);
});
