import { rm, stat, statfs } from "node:fs/promises";
import { sizeText } from "../../../core/doctor";
import {
  cacheToKeep,
  type Garbage,
  type ImageEntry,
  unwantedLayers,
  unwantedNames,
} from "../../../core/garbage";
import { buildOfRef } from "../../../core/image";
import type { GarbageReport } from "../../../core/wire";
import { collectPulled } from "./collect-pulled";
import type { GarbageRoom } from "./garbage-room";

/** Builds of an app whose output is kept. */
const keptOutputs = 100;

/**
 * Removes what nobody needs: images that no release may roll back to, nameless images, pulled ones that no build uses, build cache over its limit or in the way of the
 * free-disk floor, output of builds long over. Whatever a release may start from stays. A dry run only tells.
 */
export async function collectGarbage(ctx: GarbageRoom, dryRun: boolean): Promise<GarbageReport> {
  // Images first: what is made after that is not in the list, and what was made before it is known to the ledger or to a build.
  const inventory = await ctx.images.inventory();
  const items = [
    ...(await collectImages(ctx, inventory, dryRun)),
    ...(await collectPulled(ctx, dryRun)),
    ...(await collectCache(ctx, dryRun)),
    ...(await collectOutputs(ctx, dryRun)),
  ];
  return { dryRun, items, bytes: items.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function collectImages(ctx: GarbageRoom, inventory: ImageEntry[], dryRun: boolean): Promise<Garbage[]> {
  const building = new Set((await ctx.store.builds.open()).map(({ id }) => id));
  const keptIds = new Set<string>();
  const items: Garbage[] = [];
  for (const app of await ctx.store.apps.list())
    await ctx.store.releases.keepImages(app.id, ctx.settings.keptReleases, async (kept) => {
      for (const { id } of kept) keptIds.add(id);
      for (const { ref, bytes } of unwantedNames(inventory, app.id, kept, (one) =>
        building.has(buildOfRef(one)),
      )) {
        const why = `${app.name}: older than the ${ctx.settings.keptReleases} releases that a rollback may choose`;
        items.push({ kind: "image", name: ref, bytes, why });
        if (!dryRun) await ctx.images.remove(ref);
      }
    });
  for (const { imageId, bytes } of unwantedLayers(inventory, keptIds, new Date())) {
    items.push({ kind: "layer", name: imageId, bytes, why: "has no name, and no release needs it" });
    if (!dryRun) await ctx.images.remove(imageId);
  }
  return items;
}

async function collectCache(ctx: GarbageRoom, dryRun: boolean): Promise<Garbage[]> {
  const { buildCacheMb, diskFloorMb } = ctx.settings;
  const [bytes, freeBytes] = await Promise.all([ctx.buildCache.bytes(), freeBytesOfEngine(ctx)]);
  const limitBytes = buildCacheMb * 2 ** 20;
  const keepBytes = cacheToKeep(bytes, limitBytes, freeBytes, 2 * diskFloorMb * 2 ** 20);
  if (keepBytes === null) return [];
  const goes = dryRun ? bytes - keepBytes : await ctx.buildCache.prune(keepBytes);
  const why =
    bytes > limitBytes
      ? `over its limit (PAAS_BUILD_CACHE, ${sizeText(limitBytes)})`
      : `the disk has ${sizeText(freeBytes ?? 0)} free, less than twice its floor (PAAS_DISK_FLOOR)`;
  return goes > 0 ? [{ kind: "cache", name: "build cache, least used first", bytes: goes, why }] : [];
}

async function collectOutputs(ctx: GarbageRoom, dryRun: boolean): Promise<Garbage[]> {
  const items: Garbage[] = [];
  for (const app of await ctx.store.apps.list()) {
    const builds = await ctx.store.builds.list(app.id, 10_000);
    for (const { id } of builds.slice(keptOutputs)) {
      const file = ctx.deploys.outputFile(id);
      const bytes = await stat(file).then(
        ({ size }) => size,
        () => null,
      );
      if (bytes === null) continue;
      items.push({
        kind: "output",
        name: `build ${id}`,
        bytes,
        why: `${app.name}: older than its ${keptOutputs} newest builds`,
      });
      if (!dryRun) await rm(file, { force: true });
    }
  }
  return items;
}

/** Null where the engine's disk is not this machine's. */
export async function freeBytesOfEngine(ctx: Pick<GarbageRoom, "engine">): Promise<number | null> {
  const { dataDir } = await ctx.engine.info();
  try {
    const { bavail, bsize } = await statfs(dataDir);
    return bavail * bsize;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES") return null;
    throw error;
  }
}
