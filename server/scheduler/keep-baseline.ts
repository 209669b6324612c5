import type { Photographs } from "./observe";
import type { World } from "./world";

/** Writes down what the old release of a bake was like, once: a router that is started anew has forgotten it. */
export async function keepBaseline(world: World, { bake, observed }: Photographs): Promise<void> {
  const before = observed.bake?.before;
  if (bake && bake.before === null && before) await world.store.bakes.keepBefore(bake.releaseId, before);
}
