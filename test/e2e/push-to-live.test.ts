import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { copyFixture } from "../support/fixture-app";
import { startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";

const examples = join(__dirname, "../../examples");

let platform: TestPlatform;
/** An app that listens where the router cannot reach it; its push lasts a start limit, so it goes on beside the other tests. */
let deaf: Project;
let deafPush: ReturnType<Project["push"]>;
beforeAll(async () => {
  platform = await startPlatform();
  deaf = await Project.create(platform, "deaf");
  const files = await dockerApp("deaf");
  const server = (files["server.pl"] ?? "").replace('"0.0.0.0"', '"127.0.0.1"');
  await deaf.commit({ ...files, "server.pl": server });
  deafPush = deaf.push("main");
}, 120_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(180_000);

/** Versions and states as `paas releases --json` tells them, newest first. */
async function ledger(project: Project): Promise<string[]> {
  const { stdout } = await project.paas("releases", "--json");
  return (JSON.parse(stdout) as { version: number; state: string }[]).map(
    (one) => `v${one.version} ${one.state}`,
  );
}

async function upInstances(project: Project): Promise<string[]> {
  const { stdout } = await project.paas("ps", "--json");
  return (JSON.parse(stdout) as { name: string; state: string }[])
    .filter((one) => one.state === "up")
    .map((one) => one.name);
}

describe("a Dockerfile app", () => {
  let shop: Project;
  let good: string;
  beforeAll(async () => {
    shop = await Project.create(platform, "shop");
    good = await shop.commit(await dockerApp("one"));
  });

  test("is live when the push returns", async () => {
    const { exitCode, stderr } = await shop.push("main");
    expect(stderr).toContain(`http://shop.localhost:${platform.httpPort} deployed as v1`);
    expect(exitCode).toBe(0);
    expect(await shop.page()).toMatchObject({ status: 200, body: "one" });
    expect(await shop.remoteTip()).toBe(good);
    expect((await shop.paas("open")).stdout).toContain("http://shop.localhost");
  });

  test("gets its config in a new release", async () => {
    const { stderr, stdout } = await shop.paas("config:set", "GREETING=hi $HOME", "OTHER=1");
    expect(stdout + stderr).toContain("Setting GREETING, OTHER and restarting shop... done, v2");
    expect((await shop.page("/env/GREETING")).body).toBe("hi $HOME");
    expect((await shop.paas("config:get", "GREETING")).stdout).toBe("hi $HOME\n");
  });

  test("scales to three", async () => {
    await shop.paas("ps:scale", "web=3");
    while ((await upInstances(shop)).length < 3) await shop.page();
    expect(await upInstances(shop)).toEqual(["web.1", "web.2", "web.3"]);
  });

  test("runs one-offs in its config and passes their exit code through", async () => {
    const run = await platform.cli(["run", "-a", "shop", "sh", "-c", 'echo "$GREETING"; exit 7']);
    expect(run).toMatchObject({ stdout: "hi $HOME\n", exitCode: 7 });
    const piped = await platform.cli(["run", "-a", "shop", "cat"], { input: "a\u0000b\r\nc" });
    expect(piped).toMatchObject({ stdout: "a\u0000b\r\nc", exitCode: 0 });
  });

  test("keeps serving when a push breaks the build, and the corrected push works", async () => {
    await shop.commit({ Dockerfile: `${(await dockerApp("")).Dockerfile}RUN echo broken && exit 9\n` });
    const refused = await shop.push("main");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain("broken");
    // The builder's word and git's own line.
    expect(refused.stderr.match(/The step .* failed/g)).toHaveLength(2);
    expect(refused.stderr).toMatch(/! \[remote rejected\] main -> main/);
    expect(await shop.remoteTip()).toBe(good);
    expect((await shop.page()).body).toBe("one");
    await shop.commit(await dockerApp("two"));
    expect((await shop.push("main")).exitCode).toBe(0);
    expect((await shop.page()).body).toBe("two");
    good = await shop.remoteTip();
  });

  test("keeps serving when the new version ends while starting", async () => {
    await shop.commit({ "server.pl": 'print "no database\\n"; exit 3;' });
    const refused = await shop.push("main");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain("ended with exit code 3");
    expect(refused.stderr).toContain("no database");
    expect(await shop.remoteTip()).toBe(good);
    expect((await shop.page()).body).toBe("two");
    expect((await shop.page("/env/GREETING")).body).toBe("hi $HOME");
  });

  test("rolls back code and config to a release, without a build", async () => {
    await shop.paas("rollback", "v1");
    expect(await shop.page()).toMatchObject({ body: "one" });
    expect((await shop.page("/env/GREETING")).body).toBe("");
    expect((await ledger(shop))[0]).toMatch(/ proven$/);
    await shop.paas("rollback");
    expect(await shop.page()).toMatchObject({ body: "two" });
  });

  test("keeps its lines in the log beyond its containers", async () => {
    const { stdout } = await shop.paas("logs", "-n", "1000");
    expect(stdout).toMatch(/app\[web\.1\]: listening on 5000/);
    expect(stdout).toMatch(/paas\[web\.1\]: State changed from starting to up/);
    expect(stdout).toMatch(/paas\[router\]: at=info method=GET path="\/env\/GREETING" host=shop\.localhost/);
    expect(stdout).toContain("app[web.1]: no database");
  });

  test("answers at a custom domain until that is removed", async () => {
    await shop.paas("domains:add", "www.example.org");
    expect((await platform.fetch("www.example.org")).body).toBe("two");
    expect((await shop.paas("domains")).stdout).toContain("www.example.org");
    await shop.paas("domains:remove", "www.example.org");
    expect((await platform.fetch("www.example.org")).status).toBe(404);
  });

  test("is destroyed with all that was its", async () => {
    await shop.paas("destroy", "shop", "--confirm", "shop");
    expect((await shop.page()).status).toBe(404);
    expect((await shop.run("git", ["ls-remote", "paas"])).exitCode).not.toBe(0);
    expect((await platform.cli(["apps", "--json"])).stdout).not.toContain("shop");
  });
});

describe("a Node.js app without a Dockerfile", () => {
  let hello: Project;
  beforeAll(async () => {
    hello = await Project.create(platform, "hello");
    cpSync(join(examples, "node-hello"), hello.dir, {
      recursive: true,
      filter: (source) => !source.includes("node_modules"),
    });
  });

  test("is built by the nodejs buildpack", async () => {
    await hello.commit({});
    const { stderr, exitCode } = await hello.push("main");
    expect(stderr).toContain("nodejs buildpack");
    expect(exitCode).toBe(0);
    expect((await hello.page()).body).toContain("Hello from paas");
  });

  test("runs a process type of its Procfile as a one-off", async () => {
    const { stdout } = await hello.paas("run", "migrate");
    expect(stdout).toContain("migrating");
  });

  test("shows its next version after the next push", async () => {
    const server = readFileSync(join(hello.dir, "server.js"), "utf8");
    await hello.commit({ "server.js": server.replace("Hello from paas", "Hello again") });
    expect((await hello.push("main")).exitCode).toBe(0);
    expect((await hello.page()).body).toContain("Hello again");
  });
});

describe("a static site", () => {
  let site: Project;
  beforeAll(async () => {
    site = await Project.create(platform, "site");
    await copyFixture("static-site", site.dir);
    await site.commit({});
  });
  const header = async (path: string, name: string, headers = {}): Promise<unknown> =>
    (await platform.fetch("site.localhost", path, { headers })).headers[name];

  test("is served with clean URLs, routes, redirects and its own page for what is not there", async () => {
    const { stderr, exitCode } = await site.push("main");
    expect(stderr).toContain("static.json (static site) found: building with the static buildpack");
    expect(stderr).toContain("web: serve-site");
    expect(exitCode).toBe(0);
    expect((await site.page()).body).toContain("static-site v1");
    expect(await site.page("/about")).toMatchObject({ status: 200, body: "<h1>about</h1>\n" });
    expect(await header("/about.html?a=1", "location")).toBe("/about?a=1");
    expect((await site.page("/app/any/where")).body).toContain("the app");
    expect(await site.page("/nothing")).toMatchObject({ status: 404, body: "<h1>not here</h1>\n" });
    expect(await header("/old", "location")).toBe("/about");
    expect(await header("/gone/x", "location")).toBe("https://example.org/?price=$5");
    for (const path of ["/.env", "/..%2fstatic.json", "/%2e%2e/static.json"])
      expect((await site.page(path)).status).not.toBe(200);
    expect(await header("//example.org/x.html", "location")).toBeUndefined();
  });

  test("sends its headers, lets hashed files be kept for ever, and compresses", async () => {
    expect(await header("/", "x-frame-options")).toBe("DENY");
    expect(await header("/about", "x-frame-options")).toBe("SAMEORIGIN");
    expect(await header("/about", "x-note")).toBe('it costs "$5"');
    expect(await header("/", "cache-control")).toBe("no-cache");
    const asset = "/assets/index-Bx81kQ9z.js";
    expect(await header(asset, "cache-control")).toBe("public, max-age=31536000, immutable");
    expect(await header(asset, "content-encoding", { "accept-encoding": "gzip" })).toBe("gzip");
  });
});

describe("a worker-only app", () => {
  test("is proven without a router and answers 503", async () => {
    const worker = await Project.create(platform, "worker");
    const files = await dockerApp("unused");
    await worker.commit({ ...files, Procfile: "worker: echo working; exec sleep 1000\n" });
    const pushed = await worker.push("main");
    expect(pushed.stderr).toContain("nothing runs: paas ps:scale worker=1");
    expect(pushed.exitCode).toBe(0);
    await worker.paas("ps:scale", "worker=1");
    while ((await upInstances(worker)).length < 1) await worker.page();
    expect(await upInstances(worker)).toEqual(["worker.1"]);
    expect((await worker.page()).status).toBe(503);
    expect((await worker.paas("logs")).stdout).toContain("app[worker.1]: working");
  });
});

test("a repository that nothing fits is refused with what was looked for", async () => {
  const empty = await Project.create(platform, "empty");
  await empty.commit({ "README.md": "nothing" });
  const { stderr, exitCode } = await empty.push("main");
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("Dockerfile");
  expect(stderr).toContain("package.json");
  expect(readdirSync(empty.dir)).toContain("README.md");
});

test("an app that never listens is refused within the start limit, with what it does listen on", async () => {
  const { stderr, exitCode } = await deafPush;
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("127.0.0.1:5000");
  expect(await deaf.remoteTip()).toBe("");
});
