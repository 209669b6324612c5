import type { GarbageCollection } from "../../../server/api/platform/garbage";
import type { World } from "./world";

export const fakeGarbageCollection = (world: World): GarbageCollection => ({
  async collectGarbage(dryRun) {
    const items = world.garbage;
    if (!dryRun) world.garbage = [];
    return { dryRun, items, bytes: items.reduce((sum, { bytes }) => sum + bytes, 0) };
  },
});
