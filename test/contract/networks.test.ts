import { parseRange, rangesOverlap } from "../../core/address-pool";
import { imageRef } from "../../core/image";
import { instanceAddresses } from "../../server/engines/docker/subnet-addresses";
import type { EngineParts } from "../../server/engines/open";
import { instanceSpec } from "../support/engine-specs";
import { stubborn } from "../support/programs";
import { clear, type EngineWorld, testPlatform, worlds } from "./engine-worlds";

jest.setTimeout(60_000);

const apps = ["app1", "app2", "app3"];

describe.each(worlds)("networks and images contract: %s", (_name, makeWorld) => {
  let world: EngineWorld;
  let parts: EngineParts;
  const platformId = testPlatform();
  beforeAll(async () => {
    world = await makeWorld();
    parts = world.open(platformId);
  });
  const others: EngineParts[] = [];
  afterAll(async () => {
    await clear(parts, apps);
    for (const opened of others) await clear(opened, ["x", "y"]);
  });

  test("an app keeps its subnet, also when asked twice at once; apps do not overlap", async () => {
    const [first, again, second] = await Promise.all(
      ["app1", "app1", "app2"].map((app) => parts.networks.ensure(app)),
    );
    expect(again).toEqual(first);
    expect(await parts.networks.ensure("app1")).toEqual(first);
    expect(rangesOverlap(parseRange(first?.subnet ?? ""), parseRange(second?.subnet ?? ""))).toBe(false);
    expect(await parts.networks.ranges()).toEqual(expect.arrayContaining([first?.subnet, second?.subnet]));
  });

  test("a network in use is a conflict, one that is gone success", async () => {
    const { subnet } = await parts.networks.ensure("app3");
    const web = instanceSpec(world.image, "app3", instanceAddresses(subnet)[0] ?? "", { command: stubborn });
    await parts.engine.start(web);
    await expect(parts.networks.remove("app3")).rejects.toMatchObject({ code: "conflict" });
    await parts.engine.stop(web.id, 0);
    await parts.networks.remove("app3");
    await parts.networks.remove("app3");
  });

  test("a full pool is refused with the figure; two platforms share a pool without meeting", async () => {
    const pool = "10.215.255.0/25";
    const [one, two] = [world.open(testPlatform(), pool), world.open(testPlatform(), pool)];
    others.push(one, two);
    const subnets = await Promise.all([one.networks.ensure("x"), two.networks.ensure("x")]);
    expect(new Set(subnets.map(({ subnet }) => subnet)).size).toBe(2);
    const full = one.networks.ensure("y");
    await expect(full).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/All 2 app networks/),
    });
  });

  test("usage tells the pool's size, what is free of it, and whose networks are this platform's", async () => {
    const pool = "10.215.254.0/25";
    const [one, two] = [world.open(testPlatform(), pool), world.open(testPlatform(), pool)];
    others.push(one, two);
    expect(await one.networks.usage()).toEqual({ total: 2, free: 2, owners: [] });
    await one.networks.ensure("x");
    expect(await one.networks.usage()).toEqual({ total: 2, free: 1, owners: ["x"] });
    expect(await two.networks.usage()).toEqual({ total: 2, free: 1, owners: [] });
    await one.networks.remove("x");
    expect(await one.networks.usage()).toEqual({ total: 2, free: 2, owners: [] });
  });

  test("images: one gets another app's name, and outlives it", async () => {
    const { images } = parts;
    const name = imageRef(platformId, "app1", "fromr1", "seal");
    await images.tag(world.image.id, name);
    await images.tag(world.image.id, name);
    expect(await images.list("app1")).toEqual([name]);
    expect(await images.list("app")).toEqual([]);
    expect(await images.inventory()).toContainEqual(expect.objectContaining({ ref: name, appId: "app1" }));
    expect(await images.owners()).toEqual(["app1"]);
    await images.remove(name);
    expect(await images.list("app1")).toEqual([]);
    expect(await images.owners()).toEqual([]);
    expect(await images.exists(world.image.id)).toBe(true);
    await expect(images.tag(`sha256:${"0".repeat(64)}`, name)).rejects.toMatchObject({ code: "not_found" });
  });

  test("images: what is there exists, what is gone is gone", async () => {
    expect(await parts.images.exists(world.image.id)).toBe(true);
    expect(await parts.images.exists(`sha256:${"0".repeat(64)}`)).toBe(false);
    await parts.images.remove("paas/never-there:1");
    expect(await parts.images.list("app1")).toEqual([]);
  });
});
