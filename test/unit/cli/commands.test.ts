import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bake } from "../../../core/bake";
import { type Finding, fault, warning } from "../../../core/doctor";
import { adminToken, FakePlatform } from "../../fakes/platform";
import { type ApiServer, startApi } from "../../support/api-server";
import { type CliSession, expectGolden, openCli } from "../../support/cli-session";

let platform: FakePlatform;
let api: ApiServer;
let cli: CliSession;
const admin = { name: "admin", admin: true, apps: {} };
const at = new Date("2026-11-20T10:00:00.000Z");

beforeEach(async () => {
  platform = new FakePlatform();
  api = await startApi(platform);
  cli = openCli(api.url, adminToken);
});
afterEach(async () => {
  cli.clean();
  await api.close();
});

/** An app with two proven releases and one that failed. */
function addShop() {
  const shop = platform.add("shop", { config: { A: "1", LONGER: "it's $HOME" } });
  const processTypes = { web: { command: "node index.js" }, worker: { command: "node worker.js" } };
  const parts = { state: "proven" as const, processTypes };
  platform.release(shop, admin, parts);
  platform.release(shop, admin, { ...parts, reason: "config", description: "Set A config vars" });
  platform.release(shop, admin, {
    ...parts,
    state: "failed",
    failure: "web.1 did not listen on PORT",
    description: "Deploy 9f8e7d6",
  });
  shop.app.formation = { ...shop.app.formation, quantities: { web: 1, worker: 0 } };
  shop.logs.push("2026-11-20T10:00:00.000Z app[web.1]: hello", "2026-11-20T10:00:01.000Z app[web.1]: again");
  shop.builds.push({
    id: "b1",
    appId: shop.app.id,
    commit: "1a2b3c4d5e6f",
    ref: "refs/heads/main",
    oldCommit: "0".repeat(40),
    upload: null,
    status: "succeeded",
    actor: "admin",
    failure: null,
    result: null,
    createdAt: at,
    startedAt: at,
    finishedAt: at,
  });
  const instance = {
    type: "web",
    command: "node index.js",
    version: 2,
    exitCode: null,
    reason: null,
    lastLines: [],
    since: at.toISOString(),
  };
  shop.instances.push(
    { ...instance, name: "web.1", slot: 1, state: "up" },
    {
      ...instance,
      name: "web.2",
      slot: 2,
      state: "crashed",
      exitCode: 3,
      lastLines: ["1", "2", "3", "4", "no database", "bye"],
    },
  );
  return shop;
}

/** Whole outputs, command by command, as people see them. */
async function golden(name: string, lines: string[][]): Promise<void> {
  const texts: string[] = [];
  for (const argv of lines) texts.push(await cli.transcript(argv));
  expectGolden(name, texts.join("\n"));
}

test("an empty platform tells the next step", () =>
  golden("empty", [["apps"], ["apps", "--json"], ["whoami"], ["tokens"], ["apps:info", "shop"]]));

test("a new app tells the next step everywhere", async () => {
  platform.add("shop");
  await golden(
    "new-app",
    ["apps:info", "config", "ps", "ps:scale", "releases", "builds", "builds:output", "logs", "domains"].map(
      (name) => [name, "-a", "shop"],
    ),
  );
});

test("listings", async () => {
  addShop().domains.push("www.example.com");
  const names = ["apps:info", "ps", "ps:scale", "releases", "builds", "domains", "config", "logs"];
  await golden("listings", [["apps"], ...names.map((name) => [name, "-a", "shop"])]);
  await golden("listings-json", [
    ["apps", "--json"],
    ...["ps", "releases", "builds", "domains", "config"].map((name) => [name, "-a", "shop", "--json"]),
  ]);
});

test("config", async () => {
  addShop();
  await golden("config", [
    ["config", "--shell", "-a", "shop"],
    ["config:get", "LONGER", "-a", "shop"],
    ["config", "get", "MISSING", "-a", "shop"],
    ["config:set", "A=2", "B=x=y", "-a", "shop"],
    ["config:unset", "A", "-a", "shop"],
    ["config:set", "novalue", "-a", "shop"],
    ["config:set", "1A=secret", "-a", "shop"],
    ["config:set", "-a", "shop"],
  ]);
  expect(platform.of((await platform.findApp("shop")) as never).config).toEqual({
    B: "x=y",
    LONGER: "it's $HOME",
  });
});

test("config from a file", async () => {
  const shop = addShop();
  const file = join(cli.dir, "vars.env");
  writeFileSync(
    file,
    "# of the shop\nA='it'\\''s $HOME'\nexport B=two words # but not this\nC=\"x\\ny\"\n\nD=\n",
  );
  await golden("config-import", [
    ["config:import", "vars.env", "-a", "shop"],
    ["config:import", "-a", "shop"],
    ["config:import", "gone.env", "-a", "shop"],
  ]);
  expect(shop.config).toMatchObject({ A: "it's $HOME", B: "two words", C: "x\ny", D: "" });
  const printed = (await cli.run(["config", "--shell", "-a", "shop"])).stdout;
  expect((await cli.run(["config:import", "--build", "-a", "shop"], { input: printed })).exitCode).toBe(0);
  expect(platform.buildConfigs.get(shop.app.id)).toEqual(shop.config);
});

test("config of builds is apart from what runs", async () => {
  addShop();
  await golden("build-config", [
    ["config", "--build", "-a", "shop"],
    ["config:set", "--build", "NPM_TOKEN=abc", "-a", "shop"],
    ["config", "--build", "-a", "shop"],
    ["config:get", "NPM_TOKEN", "--build", "-a", "shop"],
    ["config:get", "NPM_TOKEN", "-a", "shop"],
    ["config:unset", "--build", "NPM_TOKEN", "-a", "shop"],
    ["config:set", "--build", "PORT=1", "-a", "shop"],
  ]);
});

test("what is built, with how to undo it", async () => {
  addShop();
  await golden("builds-set", [
    ["builds:set", "-a", "shop"],
    ["builds:set", "--root", "apps/api/", "--target", "web", "-a", "shop"],
    ["builds:set", "--root", "", "--dockerfile", "docker/Dockerfile", "--json", "-a", "shop"],
    ["builds:set", "--root", "../other", "-a", "shop"],
    ["builds:set", "--target", "a b", "-a", "shop"],
  ]);
});

test("buildpacks, with how to undo each change", async () => {
  addShop();
  const [apt, own] = ["https://example.com/apt.git", "https://example.com/own.git#v1"];
  await golden("buildpacks", [
    ["buildpacks", "-a", "shop"],
    ["buildpacks:add", own, "-a", "shop"],
    ["buildpacks:add", apt, "--index", "1", "-a", "shop"],
    ["buildpacks:add", apt, "-a", "shop"],
    ["buildpacks:set", "heroku/nodejs", "-i", "2", "-a", "shop"],
    ["buildpacks", "-a", "shop"],
    ["buildpacks", "--json", "-a", "shop"],
    ["buildpacks:remove", apt, "-a", "shop"],
    ["buildpacks:remove", apt, "-a", "shop"],
    ["buildpacks:remove", "-a", "shop"],
    ["buildpacks:add", "inline", "-i", "1", "-a", "shop"],
    ["buildpacks:clear", "-a", "shop"],
    ["buildpacks:remove", "--index", "1", "-a", "shop"],
    ["buildpacks:add", "https://me:secret@example.com/x.git", "-a", "shop"],
    ["buildpacks:add", apt, "--index", "0", "-a", "shop"],
  ]);
});

test("an image from elsewhere", async () => {
  addShop();
  await golden("deploy-image", [
    ["deploy", "--image", "example/shop:1.2", "-a", "shop"],
    ["deploy", "dir", "--image", "example/shop:1.2", "-a", "shop"],
  ]);
});

test("a directory or an archive without git", async () => {
  const shop = addShop();
  mkdirSync(join(cli.dir, "site"));
  writeFileSync(join(cli.dir, "site", "index.html"), "hello");
  mkdirSync(join(cli.dir, "empty"));
  await golden("deploy-source", [
    ["deploy", "site", "-a", "shop"],
    ["deploy", "-", "-a", "shop"],
    ["builds:info", "b2", "-a", "shop"],
    ["deploy", "empty", "-a", "shop"],
    ["deploy", "nowhere", "-a", "shop"],
    ["deploy", "site", "--no-release-phase", "-a", "shop"],
  ]);
  expect(shop.builds.map(({ upload }) => upload)).toEqual(["archive from stdin", "directory site", null]);
});

test("a release that fails exits with 11, its reason and what goes on", async () => {
  addShop();
  platform.nextFailure = "web.1 did not listen on PORT";
  await golden("release-failed", [
    ["config:set", "A=2", "-a", "shop"],
    ["rollback", "-a", "shop"],
  ]);
});

test("who leaves a release while it is made is told that it goes on", async () => {
  addShop();
  const { lastWords } = await cli.run(["config:set", "A=2", "-a", "shop"]);
  expect(lastWords).toEqual(["What was begun goes on: paas releases -a shop shows how it ends."]);
});

test("releases and rollback", async () => {
  addShop();
  await golden("releases", [
    ["releases:info", "v3", "-a", "shop"],
    ["releases:info", "-a", "shop"],
    ["releases", "info", "2", "-a", "shop"],
    ["releases:info", "v99", "-a", "shop"],
    ["releases:info", "latest", "-a", "shop"],
    ["releases", "-n", "1", "-a", "shop"],
    ["rollback", "v1", "-a", "shop"],
    ["rollback", "v77", "-a", "shop"],
  ]);
});

test("a release command: its state, its output, and leaving it out", async () => {
  const shop = addShop();
  const processTypes = { web: { command: "node ." }, release: { command: "node migrate" } };
  platform.release(shop, admin, { state: "proven", command: "succeeded", processTypes });
  platform.release(shop, admin, {
    state: "failed",
    failure: "the release command ended with exit code 1: see paas releases:output v5",
    command: "failed",
    processTypes,
  });
  await golden("release-phase", [
    ["config:set", "A=3", "--no-release-phase", "-a", "shop"],
    ["releases", "-a", "shop"],
    ["releases:info", "v5", "-a", "shop"],
    ["releases:output", "v4", "-a", "shop"],
    ["releases:output", "v5", "-a", "shop"],
    ["releases:output", "-a", "shop"],
    ["releases:output", "v1", "-a", "shop"],
  ]);
});

test("restart, stop, wait and limits", async () => {
  const shop = addShop();
  shop.app.formation = { ...shop.app.formation, quantities: { web: 2, worker: 0 } };
  await golden("restart", [
    ["ps:restart", "-a", "shop"],
    ["ps:restart", "web.2", "-a", "shop"],
    ["ps:restart", "web.3", "-a", "shop"],
    ["ps:wait", "-a", "shop"],
    ["ps:wait", "-t", "soon", "-a", "shop"],
    ["resource:limit", "-a", "shop"],
    ["resource:limit", "--memory", "1g", "--cpu", "0.5", "web", "-a", "shop"],
    ["resource:limit", "web", "-a", "shop", "--json"],
    ["resource:limit", "--pids", "64", "-a", "shop"],
    ["resource:limit", "--memory", "1t", "-a", "shop"],
    ["ps:stop", "worker", "-a", "shop"],
    ["ps:stop", "-a", "shop"],
  ]);
  platform.settles = false;
  await golden("wait-too-long", [["ps:wait", "-t", "5", "-a", "shop"]]);
});

test("releases compared, tried again and promoted", async () => {
  addShop();
  const staging = platform.add("staging", { config: { A: "other", ONLY_HERE: "x" } });
  platform.release(staging, admin, { state: "proven" });
  await golden("release-diff", [
    ["releases:diff", "v1", "v2", "-a", "shop"],
    ["releases:diff", "v1", "v2", "--reveal", "-a", "shop"],
    ["releases:diff", "v1", "v2", "--json", "-a", "shop"],
    ["releases:diff", "v1", "v9", "-a", "shop"],
    ["releases:retry", "-a", "shop"],
    ["releases:retry", "v2", "-a", "shop"],
    ["promote", "staging"],
    ["promote", "staging", "--to", "shop"],
    ["promote", "staging", "--to", "shop", "--yes"],
    ["promote", "staging", "--to", "nowhere", "--yes"],
  ]);
});

test("values of config vars are for those alone who may read the config", async () => {
  const shop = addShop();
  const staging = platform.add("staging", { config: { A: "other" } });
  platform.release(staging, admin, { state: "proven" });
  platform.actors.set("paas_viewer", {
    name: "v",
    admin: false,
    apps: { [shop.app.id]: "viewer", [staging.app.id]: "deployer" },
  });
  const asViewer = { token: "paas_viewer" };
  expect((await cli.run(["releases:diff", "v1", "v2", "-a", "shop"], asViewer)).stdout).not.toContain(
    "secret",
  );
  expect(await cli.run(["releases:diff", "v1", "v2", "--reveal", "-a", "shop"], asViewer)).toMatchObject({
    exitCode: 3,
    stdout: "",
  });
  const promoted = await cli.run(["promote", "shop", "--to", "staging", "--yes"], asViewer);
  expect(promoted).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("other values") });
  expect(await cli.run(["promote", "staging", "--to", "shop", "--yes"], asViewer)).toMatchObject({
    exitCode: 3,
  });
});

test("scale, with how to undo it", async () => {
  addShop();
  await golden("scale", [
    ["ps:scale", "web=3", "worker+2", "-a", "shop"],
    ["ps", "scale", "-a", "shop"],
    ["ps:scale", "clock=1", "-a", "shop"],
    ["ps:scale", "web=x", "-a", "shop"],
  ]);
});

test("what the switch to a release cost", async () => {
  addShop();
  const phases = { receive: 12, build: 2_340, command: null, boot: 231, switch: 14, drain: 61_400 };
  const count = { release: 2, requests: 34, failed: 0, slowestMs: 120, streams: 2 };
  platform.receipts.set(2, { phases, count, complete: true });
  platform.receipts.set(1, { phases: { ...phases, build: null, drain: null }, count: null, complete: false });
  await golden("receipt", [
    ["releases:info", "v2", "-a", "shop"],
    ["releases:info", "v2", "-a", "shop", "--json"],
    ["releases:info", "v1", "-a", "shop"],
  ]);
});

test("bake windows, how a release fares in one, and what nobody watched", async () => {
  const shop = addShop();
  const bake: Bake = {
    appId: shop.app.id,
    releaseId: "release-2",
    version: 2,
    oldReleaseId: "release-1",
    oldVersion: 1,
    startedAt: new Date("2026-11-20T11:29:42.000Z"),
    endsAt: new Date("2026-11-20T11:30:42.000Z"),
    endedAt: null,
    outcome: null,
    words: null,
    before: null,
    count: null,
  };
  await golden("bake", [
    ["ps:bake", "-a", "shop"],
    ["ps:bake", "60s", "-a", "shop"],
    ["ps:bake", "2s", "-a", "shop"],
  ]);
  platform.bakes = [bake];
  await golden("bake-under-way", [
    ["ps:bake", "-a", "shop"],
    ["releases", "-a", "shop"],
  ]);
  const before = { requests: 100, errors: 0, latency: [0, 100] };
  const fresh = { requests: 40, errors: 30, latency: [0, 0, 0, 40] };
  const words = "went back to v1: 30 of 40 requests answered with 5xx (75 %), of v1 0 of 100 (0 %)";
  const endedAt = new Date("2026-11-20T11:30:02.000Z");
  const count = { fresh, before, countedMs: 8_000 };
  platform.bakes = [{ ...bake, endedAt, outcome: "failed", words, count }];
  platform.notices = ["While v2 baked, traffic went back to v1"];
  await golden("bake-failed", [
    ["ps:bake", "-a", "shop"],
    ["ps:bake", "--wait", "-a", "shop"],
    ["ps:bake", "--json", "-a", "shop"],
    ["releases:info", "v2", "-a", "shop"],
    ["ps:bake", "off", "-a", "shop"],
  ]);
});

test("drain, with how to undo it", async () => {
  addShop();
  await golden("drain", [
    ["ps:drain", "-a", "shop"],
    ["ps:drain", "45s", "--websockets", "10m", "-a", "shop"],
    ["ps:drain", "--websockets", "1h", "-a", "shop", "--json"],
    ["ps:drain", "soon", "-a", "shop"],
    ["ps:drain", "--websockets", "30h", "-a", "shop"],
  ]);
});

test("builds, logs, domains, open", async () => {
  addShop();
  await golden("builds-logs-domains", [
    ["builds:info", "b1", "-a", "shop"],
    ["builds:info", "-a", "shop"],
    ["builds:info", "zz", "-a", "shop"],
    ["builds:output", "-a", "shop"],
    ["builds:attach", "-a", "shop"],
    ["builds:cancel", "b1", "-a", "shop"],
    ["logs", "-n", "1", "-a", "shop"],
    ["logs", "-s", "nowhere", "-a", "shop"],
    ["domains:add", "www.example.com", "-a", "shop"],
    ["domains:add", "*.example.com", "-a", "shop"],
    ["domains:remove", "www.example.com", "-a", "shop"],
    ["domains:remove", "www.example.com", "-a", "shop"],
    ["open", "shop"],
  ]);
});

test("a build that waits, and one that is cancelled", async () => {
  const shop = addShop();
  const waiting = { status: "queued" as const, startedAt: null, finishedAt: null };
  shop.builds.unshift({ ...(shop.builds[0] as (typeof shop.builds)[0]), ...waiting, id: "b2" });
  platform.wait = { place: 2, reason: "app" };
  await golden("builds-waiting", [
    ["builds", "-a", "shop"],
    ["builds:info", "b2", "-a", "shop"],
    ["builds:cancel", "-a", "shop"],
    ["builds:attach", "-a", "shop"],
  ]);
});

test("garbage", async () => {
  platform.garbage = [
    {
      kind: "image",
      name: "paas/p1/a1:b1-5ea1",
      bytes: 120 * 2 ** 20,
      why: "shop: older than the 10 releases that a rollback may choose",
    },
    {
      kind: "cache",
      name: "build cache, least used first",
      bytes: 3 * 2 ** 30,
      why: "over its limit (PAAS_BUILD_CACHE, 20.0 GiB)",
    },
  ];
  await golden("gc", [["gc", "--dry-run"], ["gc", "--dry-run", "--json"], ["gc"], ["gc"]]);
});

test("a reload of the router, and one whose new workers cannot serve", async () => {
  const worker = { version: 7, connections: 0, inFlight: 0, streams: 0 };
  const old = { ...worker, pid: 11, state: "leaving" as const, connections: 3, inFlight: 2, streams: 1 };
  const fresh = { ...worker, pid: 12, state: "serving" as const };
  const leaving = { workers: [fresh, old], reload: { state: "leaving" as const, reason: null } };
  const done = { workers: [fresh], reload: { state: "done" as const, reason: null } };
  const failed = { workers: [old], reload: { state: "failed" as const, reason: "exit code 1" } };
  platform.routerViews = [leaving, done, leaving, failed];
  await golden("router-reload", [
    ["router:reload", "--json"],
    ["router:reload", "--no-wait"],
    ["router:reload"],
  ]);
});

test("what the apps' requests are like", async () => {
  const series = { appId: "a1", instance: "web.1", status: "2xx" as const };
  const fast = [...Array<number>(12).fill(0), 90];
  const rest = { inFlight: [{ appId: "a1", instance: "web.1", requests: 4 }], faults: [] };
  const before = { atMs: 0, apps: { a1: "shop", a2: "blog" }, series: [], ...rest };
  const failed = {
    ...series,
    status: "5xx" as const,
    requests: 10,
    ms: 3_000,
    latency: [...Array<number>(33).fill(0), 10],
  };
  const after = {
    ...before,
    atMs: 2_000,
    series: [{ ...series, requests: 90, ms: 720, latency: fast }, failed],
  };
  platform.metrics = [before, after, before, after];
  await golden("top", [
    ["top", "--once", "--interval", "1s"],
    ["top", "--once", "--interval", "1s", "--json"],
    ["top", "--interval", "2h"],
  ]);
});

test("automatic certificates", async () => {
  const shop = addShop();
  shop.domains.push("www.example.com", "*.example.org");
  platform.automaticProblem =
    "DNS knows no address for www.example.com yet: let it lead to this platform's router.";
  const lines = [
    ["certs:auto", "-a", "shop"],
    ["certs:auto", "on", "-a", "shop"],
    ["certs:auto", "-a", "shop", "--json"],
    ["certs", "-a", "shop"],
    ["certs:auto", "off", "-a", "shop"],
    ["certs:auto", "maybe", "-a", "shop"],
  ];
  await golden("certificates-automatic", lines);
});

test("certificates", async () => {
  addShop();
  const { dir: directory } = cli;
  writeFileSync(join(directory, "www.pem"), "-----BEGIN CERTIFICATE-----");
  writeFileSync(join(directory, "www.key"), "-----BEGIN PRIVATE KEY-----");
  await golden("certificates", [
    ["certs", "-a", "shop"],
    ["certs:add", "www.pem", "www.key", "-a", "shop"],
    ["certs:add", "www.key", "-a", "shop"],
    ["certs:add", "gone.pem", "-a", "shop"],
    ["certs", "-a", "shop"],
    ["certs:info", "c3rt1f1c", "-a", "shop"],
    ["certs:info", "other", "-a", "shop"],
    ["certs:policy", "-a", "shop"],
    ["certs:policy", "--redirect", "off", "--hsts", "730d,subdomains,preload", "-a", "shop"],
    ["certs:policy", "--hsts", "forever", "-a", "shop"],
    ["certs:remove", "c3rt1f1c", "-a", "shop"],
    ["certs:remove", "c3rt1f1c", "-a", "shop"],
  ]);
  await golden("certificates-platform", [
    ["certs", "--platform"],
    ["certs:add", "www.pem", "www.key", "--platform"],
    ["certs", "--platform"],
    ["certs:info", "other", "--platform"],
    ["certs:remove", "c3rt1f1c", "--platform"],
    ["certs", "--platform", "--json"],
  ]);
});

test("http settings", async () => {
  addShop();
  await golden("http", [
    ["http", "-a", "shop"],
    ["http:set", "body-limit=50m", "rate=100/s", "-a", "shop"],
    ["http:set", "rate=600/m", "redirects=*.example.com:www.example.com", "-a", "shop"],
    ["http:unset", "rate", "connections", "-a", "shop"],
    ["http:set", "body=50m", "-a", "shop"],
    ["http:set", "body-limit", "-a", "shop"],
    ["http:set", "body-limit=much", "-a", "shop"],
    ["http:auth", "-a", "shop"],
    ["http:auth", "ann", "--remove", "-a", "shop"],
    ["http:auth", "--remove", "-a", "shop"],
    ["http", "-a", "shop", "--json"],
  ]);
});

test("maintenance", async () => {
  addShop();
  await golden("maintenance", [
    ["maintenance", "-a", "shop"],
    ["maintenance:on", "-a", "shop"],
    ["maintenance:on", "-a", "shop"],
    ["maintenance", "-a", "shop", "--json"],
    ["maintenance:off", "-a", "shop"],
  ]);
});

test("tokens", async () => {
  addShop();
  await golden("tokens", [
    ["tokens:create", "ci", "-a", "shop"],
    ["tokens:create", "ci2", "-a", "shop", "--role", "king"],
    ["tokens:create", "boss"],
    ["tokens"],
    ["tokens:revoke", "t1"],
    ["tokens:revoke", "t1"],
  ]);
});

test("mistyped and misused commands", () =>
  golden("misuse", [
    ["ps:scael"],
    ["confg"],
    ["frobnicate"],
    ["apps", "--wrong"],
    ["logs", "--tial"],
    ["releases:diff", "v1"],
    ["ps"],
    ["help", "ps:scale"],
    ["run", "--help"],
  ]));

test("a right that is missing, and a token that is refused, tell who gives another", async () => {
  const shop = addShop();
  platform.actors.set("paas_viewer", { name: "v", admin: false, apps: { [shop.app.id]: "viewer" } });
  const [viewer, wrong] = [{ token: "paas_viewer" }, { token: "paas_wrong" }];
  const told = [
    await cli.transcript(["config:set", "A=1", "-a", "shop"], viewer),
    await cli.transcript(["create", "other"], viewer),
    await cli.transcript(["ps", "-a", "shop"], wrong),
    await cli.transcript(["run", "-a", "shop", "ls"], wrong),
    await cli.transcript(["login", api.url], { input: "paas_wrong\n" }),
    await cli.transcript(["login"]),
  ];
  expectGolden("refused", told.join("\n"));
});

test("a router of its own gets the words it is given", async () => {
  writeFileSync(
    join(cli.dir, "router.js"),
    "require('fs').writeFileSync(__dirname + '/words', process.argv.slice(2).join(' '))",
  );
  const words = [
    "--listen",
    "127.0.0.1:1",
    "--table",
    "t",
    "--https-port",
    "2",
    "--certificate",
    "c",
    "--key",
    "k",
  ];
  expect((await cli.run(["router", ...words])).exitCode).toBe(0);
  expect(readFileSync(join(cli.dir, "words"), "utf8")).toBe(words.join(" "));
  expect((await cli.run(["router"])).exitCode).toBe(0);
  expect(readFileSync(join(cli.dir, "words"), "utf8")).toBe("--table ");
});

test("destroy wants the name again", async () => {
  addShop();
  await golden("destroy", [
    ["destroy", "shop"],
    ["destroy", "shop", "--confirm", "other"],
    ["destroy", "shop", "--confirm", "shop"],
    ["destroy", "shop", "--confirm", "shop"],
  ]);
});

test("create adds the git remote; the token lies in git's own store, for this server alone", async () => {
  execFileSync("git", ["init", "-q", cli.dir]);
  expectGolden("create", await cli.transcript(["create", "shop"]));
  const configured = execFileSync(
    "git",
    ["-C", cli.dir, "config", "--local", "--get-regexp", "remote|credential"],
    { encoding: "utf8" },
  );
  expect(configured).toContain(`remote.paas.url ${api.url}/git/shop.git`);
  expect(configured).not.toContain(adminToken);
  const file = join(cli.configDir, "git-credentials");
  expect(readFileSync(file, "utf8")).toBe(`http://paas:${adminToken}@127.0.0.1%3a${api.port}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const asked = {
    input: `protocol=http\nhost=127.0.0.1:${api.port}\n\n`,
    cwd: cli.dir,
    encoding: "utf8" as const,
  };
  expect(execFileSync("git", ["credential", "fill"], asked)).toContain(`password=${adminToken}`);
  expect((await cli.run(["apps:info"])).stdout).toContain("=== shop");
  platform.add("other");
  expectGolden(
    "git-remote",
    `${await cli.transcript(["create", "third"])}\n${await cli.transcript(["git:remote", "-a", "other"])}`,
  );
});

test("login checks and keeps the token for its own server; logout forgets it", async () => {
  const fresh = openCli(api.url);
  try {
    expect(await fresh.run(["apps"])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("paas up"),
    });
    expect(await fresh.run(["login", api.url], { input: "wrong\n" })).toMatchObject({ exitCode: 3 });
    expect(await fresh.run(["login"], { input: `${api.url}\n${adminToken}\n` })).toMatchObject({
      exitCode: 0,
    });
    expect(statSync(join(fresh.configDir, "login.json")).mode & 0o777).toBe(0o600);
    expect(await fresh.run(["whoami"])).toMatchObject({ exitCode: 0, stdout: "admin\n" });
    expect(await fresh.run(["logout"])).toMatchObject({ exitCode: 0 });
    expect(await fresh.run(["whoami"])).toMatchObject({ exitCode: 3 });
    expect(await fresh.run(["login", "http://user:pw@host"])).toMatchObject({ exitCode: 2 });
  } finally {
    fresh.clean();
  }
});

test("a server that does not answer exits with 75 and says what to do", async () => {
  const gone = openCli("http://127.0.0.1:1", adminToken);
  try {
    const told = [await gone.transcript(["apps"]), await gone.transcript(["run", "-a", "shop", "ls"])];
    expectGolden("no-server", told.join("\n"));
    expect((await gone.run(["status"])).exitCode).toBe(75);
  } finally {
    gone.clean();
  }
});

test("a server below .localhost is reached by address, with its name in Host", async () => {
  platform.add("shop");
  const named = openCli(`http://paas.localhost:${api.port}`, adminToken);
  try {
    expect((await named.run(["apps:info", "shop"])).stdout).toContain(
      `http://paas.localhost:${api.port}/git/shop.git`,
    );
  } finally {
    named.clean();
  }
});

test("status", () => golden("status", [["status"]]));

test("doctor tells each finding with its remedy, and mends what is safe", async () => {
  platform.findings.push(
    warning("orphans", {
      what: "a network of app x, which is gone",
      meaning: "It takes one of the pool's networks.",
      remedy: "paas doctor --fix removes it; nothing of any app uses it.",
      fixable: true,
    }),
    fault("disk", { what: "1 MiB free", meaning: "Builds stop.", remedy: "Free space there." }),
  );
  await golden("doctor", [["doctor"], ["doctor", "--fix"], ["doctor", "--json"]]);
  platform.findings.pop();
  expect((await cli.run(["doctor"])).exitCode).toBe(0);
});

test("doctor looks at this machine when the server is down", async () => {
  await api.close();
  const { stdout, exitCode } = await cli.run(["doctor", "--json"]);
  api = await startApi(platform);
  expect(exitCode).toBe(1);
  const { findings } = JSON.parse(stdout);
  expect(findings.map(({ check, severity }: Finding) => `${check} ${severity}`)).toEqual([
    "supervisor error",
    "server error",
    "engine error",
    "disk error",
    "routes error",
  ]);
});
