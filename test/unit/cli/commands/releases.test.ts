import type { Bake } from "../../../../core/bake";
import { admin, CommandRig } from "./rig";

const rig = CommandRig.use();

test("a release that fails exits with 11, its reason and what goes on", async () => {
  rig.addShop();
  rig.platform.nextFailure = "web.1 did not listen on PORT";
  await rig.golden("release-failed", [
    ["config:set", "A=2", "-a", "shop"],
    ["rollback", "-a", "shop"],
  ]);
});

test("who leaves a release while it is made is told that it goes on", async () => {
  rig.addShop();
  const { lastWords } = await rig.cli.run(["config:set", "A=2", "-a", "shop"]);
  expect(lastWords).toEqual(["What was begun goes on: paas releases -a shop shows how it ends."]);
});

test("releases and rollback", async () => {
  rig.addShop();
  await rig.golden("releases", [
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
  const shop = rig.addShop();
  const processTypes = { web: { command: "node ." }, release: { command: "node migrate" } };
  rig.platform.release(shop, admin, { state: "proven", command: "succeeded", processTypes });
  rig.platform.release(shop, admin, {
    state: "failed",
    failure: "the release command ended with exit code 1: see paas releases:output v5",
    command: "failed",
    processTypes,
  });
  await rig.golden("release-phase", [
    ["config:set", "A=3", "--no-release-phase", "-a", "shop"],
    ["releases", "-a", "shop"],
    ["releases:info", "v5", "-a", "shop"],
    ["releases:output", "v4", "-a", "shop"],
    ["releases:output", "v5", "-a", "shop"],
    ["releases:output", "-a", "shop"],
    ["releases:output", "v1", "-a", "shop"],
  ]);
});

test("releases compared, tried again and promoted", async () => {
  rig.addShop();
  const staging = rig.platform.add("staging", { config: { A: "other", ONLY_HERE: "x" } });
  rig.platform.release(staging, admin, { state: "proven" });
  await rig.golden("release-diff", [
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
  const shop = rig.addShop();
  const staging = rig.platform.add("staging", { config: { A: "other" } });
  rig.platform.release(staging, admin, { state: "proven" });
  rig.platform.actors.set("paas_viewer", {
    name: "v",
    admin: false,
    apps: { [shop.app.id]: "viewer", [staging.app.id]: "deployer" },
  });
  const asViewer = { token: "paas_viewer" };
  expect((await rig.cli.run(["releases:diff", "v1", "v2", "-a", "shop"], asViewer)).stdout).not.toContain(
    "secret",
  );
  expect(await rig.cli.run(["releases:diff", "v1", "v2", "--reveal", "-a", "shop"], asViewer)).toMatchObject({
    exitCode: 3,
    stdout: "",
  });
  const promoted = await rig.cli.run(["promote", "shop", "--to", "staging", "--yes"], asViewer);
  expect(promoted).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("other values") });
  expect(await rig.cli.run(["promote", "staging", "--to", "shop", "--yes"], asViewer)).toMatchObject({
    exitCode: 3,
  });
});

test("what the switch to a release cost", async () => {
  rig.addShop();
  const phases = { receive: 12, build: 2_340, command: null, boot: 231, switch: 14, drain: 61_400 };
  const count = { release: 2, requests: 34, failed: 0, slowestMs: 120, streams: 2 };
  rig.platform.receipts.set(2, { phases, count, complete: true });
  rig.platform.receipts.set(1, {
    phases: { ...phases, build: null, drain: null },
    count: null,
    complete: false,
  });
  await rig.golden("receipt", [
    ["releases:info", "v2", "-a", "shop"],
    ["releases:info", "v2", "-a", "shop", "--json"],
    ["releases:info", "v1", "-a", "shop"],
  ]);
});

test("bake windows, how a release fares in one, and what nobody watched", async () => {
  const shop = rig.addShop();
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
  await rig.golden("bake", [
    ["ps:bake", "-a", "shop"],
    ["ps:bake", "60s", "-a", "shop"],
    ["ps:bake", "2s", "-a", "shop"],
  ]);
  rig.platform.bakes = [bake];
  await rig.golden("bake-under-way", [
    ["ps:bake", "-a", "shop"],
    ["releases", "-a", "shop"],
  ]);
  const before = { requests: 100, errors: 0, latency: [0, 100] };
  const fresh = { requests: 40, errors: 30, latency: [0, 0, 0, 40] };
  const words = "went back to v1: 30 of 40 requests answered with 5xx (75 %), of v1 0 of 100 (0 %)";
  const endedAt = new Date("2026-11-20T11:30:02.000Z");
  const count = { fresh, before, countedMs: 8_000 };
  rig.platform.bakes = [{ ...bake, endedAt, outcome: "failed", words, count }];
  rig.platform.notices = ["While v2 baked, traffic went back to v1"];
  await rig.golden("bake-failed", [
    ["ps:bake", "-a", "shop"],
    ["ps:bake", "--wait", "-a", "shop"],
    ["ps:bake", "--json", "-a", "shop"],
    ["releases:info", "v2", "-a", "shop"],
    ["ps:bake", "off", "-a", "shop"],
  ]);
});
