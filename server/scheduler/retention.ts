import { messageOf } from "../../core/error";
import { unwantedNames } from "../../core/garbage";
import { buildOfRef } from "../../core/image";
import type { World } from "./world";

/**
 * Removes the app's images that no rollback could need any more: all but those of the newest releases (PAAS_KEEP_RELEASES), of whatever is
 * pending, and of builds under way. Images in use stay. A failure is told to the operator; the next proven release tries again.
 */
export async function removeOldImages(world: World, appId: string): Promise<void> {
  try {
    // Listed first: what is made after that is not in the list, and what was made before it is known to the ledger or to a build.
    const inventory = await world.images.inventory();
    const building = new Set((await world.store.builds.open()).map(({ id }) => id));
    await world.store.releases.keepImages(appId, world.keptReleases, async (kept) => {
      for (const { ref } of unwantedNames(inventory, appId, kept, (one) => building.has(buildOfRef(one))))
        await world.images.remove(ref);
    });
  } catch (error) {
    world.log.warn({ app: appId, err: messageOf(error) }, "old images could not be removed");
  }
}
