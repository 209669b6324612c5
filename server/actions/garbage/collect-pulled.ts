import { type Garbage, idlePulled } from "../../../core/garbage";
import type { GarbageRoom } from "./garbage-room";

/**
 * Images that builds have pulled and none has used for long. By the record of what the platform pulled: others on the engine are not looked
 * at, and one that was pulled again by somebody since then is that one's. The record of what is gone goes with the next look.
 */
export async function collectPulled(
  { queue, images }: Pick<GarbageRoom, "queue" | "images">,
  dryRun: boolean,
  now = new Date(),
): Promise<Garbage[]> {
  const items: Garbage[] = [];
  for (const { ref, imageId, days } of idlePulled(await queue.pulledImages(), now)) {
    const there = await images.describe(ref);
    if (there?.id === imageId) {
      const why = `pulled for builds, and none has used it for ${days} days`;
      items.push({ kind: "pulled", name: ref, bytes: there.bytes, why });
      if (!dryRun) await images.remove(ref);
    } else if (!dryRun) await queue.forgetPulledImage(ref);
  }
  return items;
}
