import { type Finding, fault, warning } from "../../../../core/doctor";
import { startApi } from "../../../support/api-server";
import { CommandRig } from "./rig";

const rig = CommandRig.use();

test("a reload of the router, and one whose new workers cannot serve", async () => {
  const worker = { version: 7, connections: 0, inFlight: 0, streams: 0 };
  const old = { ...worker, pid: 11, state: "leaving" as const, connections: 3, inFlight: 2, streams: 1 };
  const fresh = { ...worker, pid: 12, state: "serving" as const };
  const leaving = { workers: [fresh, old], reload: { state: "leaving" as const, reason: null } };
  const done = { workers: [fresh], reload: { state: "done" as const, reason: null } };
  const failed = { workers: [old], reload: { state: "failed" as const, reason: "exit code 1" } };
  rig.platform.routerViews = [leaving, done, leaving, failed];
  await rig.golden("router-reload", [
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
  rig.platform.metrics = [before, after, before, after];
  await rig.golden("top", [
    ["top", "--once", "--interval", "1s"],
    ["top", "--once", "--interval", "1s", "--json"],
    ["top", "--interval", "2h"],
  ]);
});

test("tokens", async () => {
  rig.addShop();
  await rig.golden("tokens", [
    ["tokens:create", "ci", "-a", "shop"],
    ["tokens:create", "ci2", "-a", "shop", "--role", "king"],
    ["tokens:create", "boss"],
    ["tokens"],
    ["tokens:revoke", "t1"],
    ["tokens:revoke", "t1"],
  ]);
});

test("status", () => rig.golden("status", [["status"]]));

test("doctor tells each finding with its remedy, and mends what is safe", async () => {
  rig.platform.findings.push(
    warning("orphans", {
      what: "a network of app x, which is gone",
      meaning: "It takes one of the pool's networks.",
      remedy: "paas doctor --fix removes it; nothing of any app uses it.",
      fixable: true,
    }),
    fault("disk", { what: "1 MiB free", meaning: "Builds stop.", remedy: "Free space: see <data>/logs." }),
  );
  await rig.golden("doctor", [["doctor"], ["doctor", "--fix"], ["doctor", "--json"]]);
  rig.platform.findings.pop();
  expect((await rig.cli.run(["doctor"])).exitCode).toBe(0);
});

test("doctor looks at this machine when the server is down", async () => {
  await rig.api.close();
  const { stdout, exitCode } = await rig.cli.run(["doctor", "--json"]);
  rig.api = await startApi(rig.platform);
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
