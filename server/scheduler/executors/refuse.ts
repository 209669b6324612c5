import { messageOf } from "../../../core/error";
import type { Release } from "../../../core/release";
import type { World } from "../world";

/** Fails a pending release for a fault that trying again would not cure, and lets go of its ref. */
export async function refuse(world: World, release: Release, error: unknown): Promise<void> {
  await world.store.releases.fail(release, messageOf(error));
  await world.refs.abort(release);
}
