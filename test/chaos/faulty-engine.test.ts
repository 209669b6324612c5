import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { FaultRig } from "../support/fault-rig";
import { type EngineFault, FaultyEngine } from "../support/faulty-engine";
import { dockerApp } from "../support/project";

jest.setTimeout(180_000);

const home = mkdtempSync(join(tmpdir(), "paas-faulty-"));
let engine: FaultyEngine;
let rig: FaultRig;
beforeAll(async () => {
  engine = await FaultyEngine.open(join(home, "docker.sock"));
  rig = await FaultRig.start({ env: { DOCKER_HOST: engine.dockerHost } });
});
afterAll(async () => {
  engine?.heal();
  await rig?.stop();
  await engine?.close();
  rmSync(home, { recursive: true, force: true });
});

const faults: [string, EngineFault][] = [
  ["answers after 700 ms", { slowMs: 700 }],
  ["fails every second call", "every second fails"],
  ["takes calls and answers none", "hangs"],
];

test.each(faults)(
  "an engine that %s drops no request; when it is well again, so is all",
  async (name, fault) => {
    const commit = await rig.shop.commit(await dockerApp(`shop: ${name}`));
    engine.fail(fault);
    const pushed = rig.shop.push("main");
    const scaled = rig.steady.paas("ps:scale", "web=2");
    // It has met the fault, and has had the time to make of it what it will.
    while (engine.calls < 12 && (await isOpen(pushed, 20_000))) await delay(50);
    await rig.flows();
    if (fault === "hangs")
      expect(await rig.troubles()).toContainEqual(expect.stringMatching(/^engine: .*(time|within)/));
    if (typeof fault === "object") await pushed;
    engine.heal();
    const { exitCode, stderr } = await pushed;
    if (typeof fault === "object") expect(stderr).toContain("deployed as");
    await scaled;
    await rig.expectConverged();
    if (exitCode !== 0) expect((await rig.shop.push("main")).stderr).toContain("deployed as");
    expect(await rig.shop.remoteTip()).toBe(commit);
    expect((await rig.shop.page()).body).toBe(`shop: ${name}`);
    await rig.steady.paas("ps:scale", "web=1");
    await rig.expectConverged(60_000);
    await rig.flows();
    expect(rig.takeFailures()).toEqual([]);
  },
);

/** Whether it is still under way, looked at for at most `withinMs`. */
const isOpen = (work: Promise<unknown>, withinMs: number): Promise<boolean> =>
  Promise.race([work.then(() => false), delay(Math.min(withinMs, 100), true)]);
