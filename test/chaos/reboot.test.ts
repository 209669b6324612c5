import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { BakeWindowView } from "../../core/wire";
import { baseImage } from "../support/base-image";
import { FaultRig } from "../support/fault-rig";
import { dockerOf } from "../support/ledger-invariants";
import { enterOtherBoot } from "../support/other-boot";
import { OwnEngine } from "../support/own-engine";
import { serve } from "../support/programs";

jest.setTimeout(180_000);

let engine: OwnEngine;
let rig: FaultRig;
beforeEach(async () => {
  engine = await OwnEngine.open();
  rig = await FaultRig.start({ engine });
});
afterEach(async () => {
  await rig?.stop();
  await engine?.close();
});

/** A stranger's container at the address that an app's instance had before the reboot. */
async function strangerAt(address: string, network: string): Promise<void> {
  const container = await dockerOf(rig.platform).createContainer({
    Image: await baseImage(),
    Cmd: ["sh", "-c", serve()],
    Env: ["PORT=5000"],
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: address } } } },
  });
  await container.start();
  const output = await container.logs({ follow: true, stdout: true, stderr: true });
  await once(output, "data");
}

async function addressOf(app: string): Promise<{ address: string; network: string }> {
  const [row] = await rig.ledger.query<{ address: string; appId: string }>(
    `select address, app_id as "appId" from instances where removed_at is null and app_id = $1`,
    [await rig.ledger.appId(app)],
  );
  return { address: row?.address ?? "", network: `paas-${rig.platform.id}-${row?.appId}` };
}

test.each([
  ["in order", () => rig.platform.supervise(["down"]), "SIGTERM"],
  ["by a power cut", () => rig.platform.cutPower(), "SIGKILL"],
] as const)(
  "stopped %s, all comes up again in the next boot, nobody else answers for an app, and what baked is not blamed",
  async (_, stop, signal) => {
    await rig.shop.paas("ps:bake", "1h");
    await rig.shop.paas("config:set", "A=1");
    const shop = await addressOf("shop");
    await stop();
    await engine.kill(signal);
    await engine.killContainers();
    await engine.start();
    await strangerAt(shop.address, shop.network);
    enterOtherBoot(rig.platform);
    await rig.platform.up();
    await rig.expectConverged();
    await rig.flows();
    // Refused while the router was away, told to come back while apps were; never a stranger's word.
    const wrong = rig.takeFailures().filter(({ kind, what }) => kind === "answer" && !/^50[23] /.test(what));
    expect(wrong).toEqual([]);
    expect(await rig.crashes()).toBe(0);
    const { bake } = JSON.parse((await rig.shop.paas("ps:bake", "--json")).stdout) as BakeWindowView;
    expect(bake).toMatchObject({
      version: 2,
      state: "stopped",
      reason: expect.stringContaining("the host ended"),
    });
    expect((await addressOf("shop")).address).not.toBe(shop.address);
    while ((await rig.troubles()).some((trouble) => /^(routes|orphans|server|engine: could)/.test(trouble)))
      await delay(500);
  },
);
