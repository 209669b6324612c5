import { setTimeout as delay } from "node:timers/promises";
import { FaultRig } from "../support/fault-rig";
import { OwnEngine } from "../support/own-engine";
import type { Failure } from "../support/traffic";

jest.setTimeout(180_000);

/** How the engine ends: asked to, as by a package's upgrade, or not. */
const ends = ["SIGTERM", "SIGKILL"] as const;

/** Findings about the engine's own answer, of a platform whose engine is away. */
const isAboutEngine = (trouble: string) =>
  trouble.startsWith("engine: ") && trouble.includes("does not answer");

const statuses = (failures: Failure[]): string[] =>
  [...new Set(failures.map(({ kind, what }) => (kind === "answer" ? what.slice(0, 3) : what)))].sort();

describe.each([
  { liveRestore: true, flags: ["--live-restore"] },
  { liveRestore: false, flags: [] },
])("an engine with live-restore: $liveRestore", ({ liveRestore, flags }) => {
  let engine: OwnEngine;
  let rig: FaultRig;
  beforeAll(async () => {
    engine = await OwnEngine.open({ flags });
    rig = await FaultRig.start({ engine });
  });
  afterAll(async () => {
    await rig?.stop();
    await engine?.close();
  });

  test.each(ends)("ended by %s, it comes back and all is as it was", async (signal) => {
    await engine.kill(signal);
    while (!(await rig.troubles()).some(isAboutEngine)) await delay(200);
    // One that is killed leaves its containers running until the next one stops them.
    if (liveRestore || signal === "SIGKILL") await rig.flows();
    else expect((await rig.steady.page()).status).toBe(503);
    await engine.start();
    await rig.expectConverged();
    expect(await rig.crashes()).toBe(0);
    await rig.flows();
    const failures = rig.takeFailures();
    if (liveRestore) expect(failures).toEqual([]);
    // What was in flight when its container was stopped is cut; everything after that is told to come back later.
    else expect(statuses(failures).filter((one) => !["502", "503"].includes(one))).toEqual([]);
  });

  test("a push during its absence waits for it, or is refused and can be repeated", async () => {
    await engine.kill("SIGKILL");
    const commit = await rig.shop.commit({ message: `shop ${liveRestore}` });
    const pushed = rig.shop.push("main");
    await engine.start();
    if ((await pushed).exitCode !== 0) expect((await rig.shop.push("main")).exitCode).toBe(0);
    await rig.expectConverged();
    expect(await rig.shop.remoteTip()).toBe(commit);
    expect((await rig.shop.page()).body).toBe(`shop ${liveRestore}`);
    rig.takeFailures();
  });
});
