import { setTimeout as delay } from "node:timers/promises";
import { FakedTime } from "../support/faked-time";
import { FaultRig } from "../support/fault-rig";
import { dockerApp } from "../support/project";

jest.setTimeout(180_000);

const hour = 3_600;

let time: FakedTime;
let rig: FaultRig;
beforeAll(async () => {
  time = new FakedTime();
  rig = await FaultRig.start({ launcher: time.launcher });
  await rig.shop.paas("ps:drain", "3s");
});
afterAll(async () => {
  await rig?.stop();
  time?.remove();
});

/** The instances that run, by id: one that was replaced has another. */
async function instancesOf(app: string): Promise<string[]> {
  const rows = await rig.ledger.query<{ id: string }>(
    "select id from instances where removed_at is null and app_id = $1 order by id",
    [await rig.ledger.appId(app)],
  );
  return rows.map(({ id }) => id);
}

/** How far the platform's own clock is from the databases', as `paas doctor` sees it, in seconds. */
async function clockTrouble(): Promise<number> {
  const trouble = (await rig.troubles()).find((one) => one.startsWith("clock: "));
  return Math.round(Number(/off the database's by (-?[\d.]+) s/.exec(trouble ?? "")?.[1] ?? 0));
}

// The databases and the engine keep the true time: the roles differ from them as long as the clock stands wrong.
test.each([
  ["an hour ahead", hour],
  ["back to the true time", 0],
  ["an hour behind", -hour],
  ["forth to the true time", 0],
])(
  "a clock that jumps %s in the midst of a deploy drops no request and ends no instance",
  async (name, seconds) => {
    const before = await instancesOf("steady");
    const commit = await rig.shop.commit(await dockerApp(`shop: ${name}`));
    const newest = await rig.ledger.newestEvent();
    const pushed = rig.shop.push("main");
    await rig.ledger.event("shop", "build:started", newest);
    time.set(seconds);
    expect((await pushed).stderr).toContain("deployed as");
    expect(await rig.shop.remoteTip()).toBe(commit);
    expect((await rig.shop.page()).body).toBe(`shop: ${name}`);
    expect(Math.abs((await clockTrouble()) - seconds)).toBeLessThanOrEqual(1);
    // Drained by no clock but the steady one: it is cut when its 3 s are over, not an hour sooner or later.
    const endless = rig.platform.fetch("shop.localhost", "/slow/150").catch(() => null);
    await rig.shop.paas("config:set", `AT=${seconds}`);
    expect((await rig.shop.page("/env/AT")).body).toBe(String(seconds));
    await rig.expectConverged();
    await endless;
    await rig.flows();
    expect((await rig.shop.paas("logs", "--num", "500")).stdout).toMatch(/app\[web\.1\]: got \/slow\/1\n/);
    // Past the next full pass.
    await delay(11_000);
    await rig.flows();
    await rig.expectConverged();
    expect(await instancesOf("steady")).toEqual(before);
    expect(await rig.crashes()).toBe(0);
    expect(rig.takeFailures()).toEqual([]);
  },
);
