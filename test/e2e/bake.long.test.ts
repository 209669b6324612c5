import type { BakeWindowView, InstanceView, ReleaseView } from "../../core/wire";
import { bakingApp } from "../support/baking-app";
import { Ledger } from "../support/ledger";
import { brokenAtRest } from "../support/ledger-invariants";
import { startPlatform, type TestPlatform } from "../support/platform";
import { Project } from "../support/project";
import { Traffic } from "../support/traffic";

const host = "shop.localhost";
let platform: TestPlatform;
let ledger: Ledger;
let shop: Project;
beforeAll(async () => {
  platform = await startPlatform();
  ledger = new Ledger(platform);
  shop = await Project.create(platform, "shop");
  await shop.commit(await bakingApp("good"));
  expect((await shop.push("main")).exitCode).toBe(0);
}, 120_000);
afterEach(async () => {
  await shop.paas("ps:wait");
  expect(await brokenAtRest(platform, ledger)).toEqual([]);
});
afterAll(async () => {
  await ledger?.close();
  await platform?.stop();
}, 120_000);
jest.setTimeout(240_000);

async function bakeView(): Promise<NonNullable<BakeWindowView["bake"]>> {
  const { bake } = JSON.parse((await shop.paas("ps:bake", "--json")).stdout) as BakeWindowView;
  if (!bake) throw new Error("no release has baked");
  return bake;
}

const outcome = () => platform.cli(["ps:bake", "--wait", "-a", "shop"]);

async function upOf(version: number): Promise<number> {
  const instances = JSON.parse((await shop.paas("ps", "--json")).stdout) as InstanceView[];
  return instances.filter((one) => one.version === version && one.state === "up").length;
}

async function newest(): Promise<ReleaseView | undefined> {
  return (JSON.parse((await shop.paas("releases", "--json")).stdout) as ReleaseView[])[0];
}

test("a release that has become slow is taken back at the end of its bake", async () => {
  await shop.paas("ps:bake", "20s");
  const clients = Array.from({ length: 30 }, (_, index) => ({
    host,
    path: "/",
    connection: index % 2 === 0 ? ("kept" as const) : ("new" as const),
    accepts: (body: string) => body === "good" || body === "slow",
  }));
  const traffic = new Traffic(platform.httpPort, clients);
  try {
    await traffic.flows([host], 400);
    await shop.commit(await bakingApp("slow", { delayMs: 1_000 }));
    expect((await shop.push("main")).stderr).toContain("It bakes for 20s");
    const { exitCode, stderr } = await outcome();
    expect(stderr).toMatch(/went back to v1: a p99 of 1\.\d s over \d+ requests, of v1 \d+ ms over \d+/);
    expect(exitCode).toBe(11);
    expect((await shop.page()).body).toBe("good");
    expect(traffic.failures).toEqual([]);
  } finally {
    await traffic.stop();
  }
});

test("a router that is started anew has forgotten, and that is said; the release is judged on what remains", async () => {
  await shop.paas("ps:bake", "20s");
  await shop.paas("config:set", "A=1");
  while (((await bakeView()).countedMs ?? 0) < 6_000) await shop.page();
  await platform.killRole("router");
  const { exitCode, stdout } = await outcome();
  expect(stdout).toMatch(/v3: .*counted over the last \d+s only: a router was started anew/);
  expect(exitCode).toBe(0);
});

test("scaling and restarting what bakes is no crash; going back fills every place", async () => {
  await shop.paas("ps:scale", "web=2");
  await shop.paas("ps:wait");
  await shop.paas("ps:bake", "1h");
  await shop.paas("config:set", "A=2");
  await shop.paas("ps:scale", "web=3");
  while ((await upOf(4)) < 3);
  const before = await ledger.newestEvent();
  await shop.paas("ps:restart");
  for (let after = before, stopped = 0; stopped < 3; stopped += 1) {
    await ledger.event("shop", "instance:stopped", after);
    const [next] = await ledger.query<{ id: number }>(
      "select min(id)::int as id from events where name = 'instance:stopped' and id > $1",
      [after],
    );
    after = next?.id ?? after;
  }
  while ((await upOf(4)) < 3);
  expect((await bakeView()).state).toBe("baking");
  await shop.paas("ps:scale", "web=1");
  while ((await upOf(4)) > 1);
  await shop.paas("ps:scale", "web=3");
  while ((await upOf(4)) < 3);
  expect((await bakeView()).state).toBe("baking");
  await shop.page("/crash");
  expect((await outcome()).stderr).toMatch(/v4 went back to v3: web\.\d ended with exit code 7/);
  await shop.paas("ps:wait");
  expect(await upOf(3)).toBe(3);
});

test("a worker that crashes takes its release back", async () => {
  await shop.paas("ps:scale", "web=1");
  await shop.paas("ps:wait");
  const steady = { Procfile: "web: perl server.pl\nworker: sleep 9999\n" };
  await shop.paas("ps:bake", "off");
  await shop.commit({ ...(await bakingApp("good")), ...steady });
  expect((await shop.push("main")).exitCode).toBe(0);
  await shop.paas("ps:scale", "worker=1");
  await shop.paas("ps:wait");
  await shop.paas("ps:bake", "1h");
  const before = await ledger.newestEvent();
  await shop.commit({ Procfile: "web: perl server.pl\nworker: sleep 4; exit 3\n" });
  expect((await shop.push("main")).exitCode).toBe(0);
  await ledger.event("shop", "bake:ended", before);
  await shop.paas("ps:bake", "off");
  expect(await newest()).toMatchObject({
    version: 6,
    state: "failed",
    failure: expect.stringContaining("worker.1 ended with exit code 3"),
  });
});

test("a push tells what happened since the last one", async () => {
  await shop.paas("ps:bake", "1h");
  const before = await ledger.newestEvent();
  await shop.paas("config:set", "A=3");
  await shop.page("/crash");
  await ledger.event("shop", "bake:ended", before);
  await shop.commit({ Procfile: "web: perl server.pl\nworker: sleep 9999\n" });
  const { stderr } = await shop.push("main");
  expect(stderr).toMatch(/While v7 baked, traffic went back to v5: web\.1 ended with exit code 7/);
  expect(stderr).toContain("deployed as v8");
  await shop.paas("ps:bake", "off");
});
