import type { StepOf } from "../../../core/step";
import type { Photographs } from "../observe";
import { removeOldImages } from "../retention";
import type { World } from "../world";
import { refuse } from "./refuse";

/** The ledger decides: the release is proven. Then its ref follows; a crash between the two is mended at the next start. */
export async function prove(world: World, _seen: Photographs, step: StepOf<"prove">): Promise<void> {
  const release = await world.store.releases.byId(step.releaseId);
  if (release?.state !== "pending") return;
  try {
    await world.refs.prepare(release);
  } catch (error) {
    return refuse(world, release, error);
  }
  if (!(await world.store.releases.prove(release))) return world.refs.abort(release);
  await world.refs.commit(release);
  await removeOldImages(world, release.appId);
}
