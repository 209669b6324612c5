import type { BakeWindowView, ReleaseView } from "../../core/wire";
import { bakingApp } from "../support/baking-app";
import { Ledger } from "../support/ledger";
import { brokenAtRest } from "../support/ledger-invariants";
import { startPlatform, type TestPlatform } from "../support/platform";
import { Project } from "../support/project";
import { Traffic } from "../support/traffic";

const host = "shop.localhost";
let platform: TestPlatform;
let shop: Project;
let traffic: Traffic;
let good: string;
beforeAll(async () => {
  platform = await startPlatform();
  shop = await Project.create(platform, "shop");
  await shop.paas("ps:bake", "1h");
  good = await shop.commit(await bakingApp("one"));
  const { stderr } = await shop.push("main");
  expect(stderr).toContain("deployed as v1");
  // Nothing to go back to.
  expect(stderr).not.toContain("bakes");
  const client = { host, path: "/", accepts: (body: string) => body !== "" };
  traffic = new Traffic(platform.httpPort, [
    { ...client, connection: "kept" },
    { ...client, connection: "new" },
  ]);
  await traffic.flows([host], 30);
}, 120_000);
afterAll(async () => {
  await traffic?.stop();
  await platform?.stop();
}, 120_000);
jest.setTimeout(120_000);

async function releases(): Promise<ReleaseView[]> {
  return JSON.parse((await shop.paas("releases", "--json")).stdout) as ReleaseView[];
}

async function bake(): Promise<NonNullable<BakeWindowView["bake"]>> {
  const { bake } = JSON.parse((await shop.paas("ps:bake", "--json")).stdout) as BakeWindowView;
  if (!bake) throw new Error("no release has baked");
  return bake;
}

/** The outcome, as `paas ps:bake --wait` tells it. */
const outcome = () => platform.cli(["ps:bake", "--wait", "-a", "shop"]);

test("a release that answers 500s is taken back by itself, with its config and branch, and no request is dropped", async () => {
  const bad = await shop.commit(await bakingApp("two", { status: 500 }));
  const pushed = await shop.push("main");
  expect(pushed).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("It bakes for 1h") });
  const { exitCode, stderr } = await outcome();
  expect(exitCode).toBe(11);
  expect(stderr).toMatch(
    /v2 went back to v1: \d+ of \d+ requests answered with 5xx \(\d+ %\), of v1 0 of \d+ \(0 %\)/,
  );
  expect(stderr).toContain("While v2 baked, traffic went back to v1");
  expect((await shop.paas("ps")).stderr).not.toContain("While v2 baked");
  expect((await shop.page()).body).toBe("one");
  const [second, first] = await releases();
  expect(second).toMatchObject({ version: 2, state: "failed", failure: expect.stringMatching(/5xx/) });
  expect(first).toMatchObject({ version: 1, state: "proven", current: true });
  expect(await shop.remoteTip()).toBe(good);
  const failures = traffic.takeFailures();
  expect(failures.length).toBeGreaterThan(0);
  for (const { kind, what } of failures) expect([kind, what]).toEqual(["answer", "500 two"]);
  const { fresh, before } = await bake();
  expect(before?.errors).toBe(0);
  expect(fresh?.errors).toBeGreaterThanOrEqual(5);
  // The branch is where it was, so the same push is no "up to date".
  expect((await shop.push("--dry-run", "main")).stderr).toContain(bad.slice(0, 7));
});

test("a crash takes a release back", async () => {
  await shop.paas("config:set", "A=1");
  await shop.page("/crash");
  const { exitCode, stderr } = await outcome();
  expect(exitCode).toBe(11);
  expect(stderr).toContain("v3 went back to v1: web.1 ended with exit code 7");
  expect((await shop.page()).body).toBe("one");
  expect((await shop.paas("config")).stdout).not.toContain("A:");
  await traffic.flows([host], 10);
  traffic.takeFailures();
});

test("a good release stays, over the server's death, and what it replaced ends only then", async () => {
  await shop.paas("ps:bake", "8s");
  const { stderr } = await shop.paas("config:set", "A=2");
  expect(stderr).toContain("v4 bakes over v1");
  await platform.killRole("server");
  while ((await outcome()).exitCode !== 0);
  expect(await bake()).toMatchObject({ version: 4, oldVersion: 1, state: "passed" });
  expect((await bake()).fresh?.requests).toBeGreaterThan(20);
  await shop.paas("ps:wait");
  const { stdout } = await shop.paas("logs", "-n", "1000");
  expect(stdout.match(/Stopping process with SIGTERM/g)?.length).toBeGreaterThanOrEqual(2);
  expect(traffic.takeFailures()).toEqual([]);
});

test("a newer release ends the bake of the one before it, and so does turning it off", async () => {
  await shop.paas("ps:bake", "1h");
  await shop.paas("config:set", "A=3");
  await shop.paas("rollback", "v4");
  const [newest, before] = await releases();
  expect(before).toMatchObject({ version: 5, state: "proven", bake: { state: "superseded" } });
  expect(newest).toMatchObject({ version: 6, bake: { state: "baking", oldVersion: 5 } });
  await shop.paas("ps:bake", "off");
  expect((await outcome()).stdout).toContain("v6 stopped baking: stopped by local admin");
  await shop.paas("ps:wait");
  expect(traffic.takeFailures()).toEqual([]);
  const ledger = new Ledger(platform);
  const broken = await brokenAtRest(platform, ledger).finally(() => ledger.close());
  expect(broken).toEqual([]);
});
