import { generationOf } from "../../../core/desired";
import type { Config } from "../../../core/env";
import { notFound, PaasError } from "../../../core/error";
import { limitsFor } from "../../../core/formation";
import { newId } from "../../../core/id";
import { type InstanceSpec, placeName } from "../../../core/instance";
import type { Release } from "../../../core/release";
import type { StepOf } from "../../../core/step";
import { instanceAddresses } from "../../engines/docker/subnet-addresses";
import { isDuplicate } from "../../store/database";
import type { InstanceRow, NewInstance } from "../../store/instances";
import type { Photographs } from "../observe";
import { say } from "../say";
import type { World } from "../world";

/** Starts one instance: first its row with its address, then its container, then its log. */
export async function start(world: World, seen: Photographs, step: StepOf<"start">): Promise<void> {
  const [release, config, { subnet }] = await Promise.all([
    world.store.releases.byId(step.releaseId),
    world.store.releases.readConfig(step.releaseId),
    world.networks.ensure(seen.app.id),
  ]);
  if (!release) throw notFound("The release is gone.");
  const row = await reserve(world, seen, step, release, instanceAddresses(subnet));
  await world.engine.start(specOf(seen, release, config, row));
  world.collector.collect({
    appId: row.appId,
    instanceId: row.id,
    place: placeName(row),
  });
  await Promise.all([
    world.store.instances.started(row),
    say(world, row, `Starting process of v${row.version}`),
  ]);
}

/** Writes the row; starts side by side may want the same free address, then the next one is taken. */
async function reserve(
  world: World,
  seen: Photographs,
  step: StepOf<"start">,
  release: Release,
  addresses: string[],
): Promise<InstanceRow> {
  const { type, slot, specHash } = step;
  const instance: NewInstance = {
    id: newId(),
    appId: seen.app.id,
    type,
    slot,
    releaseId: release.id,
    version: release.version,
    specHash,
  };
  for (;;) {
    try {
      const row = await world.store.instances.create(instance, addresses);
      if (row) return row;
      throw new PaasError(
        "unavailable",
        `All ${addresses.length} addresses of the app's network are in use: scale down, or end what still drains with paas ps:drain --websockets 0s.`,
      );
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  }
}

function specOf(seen: Photographs, release: Release, config: Config, row: InstanceRow): InstanceSpec {
  if (!release.image) throw notFound("The release has no image.");
  return {
    id: row.id,
    appId: row.appId,
    appName: seen.app.name,
    type: row.type,
    slot: row.slot,
    releaseId: release.id,
    version: release.version,
    generation: generationOf(seen.app, row),
    specHash: row.specHash,
    image: release.image,
    command: release.processTypes[row.type]?.command ?? null,
    env: { ...config.reveal(), PORT: String(release.image.port) },
    limits: limitsFor(seen.app.formation, row.type),
    address: row.address,
  };
}
