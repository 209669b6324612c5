import { z } from "zod";

/** One name of an image of the platform on its engine, or a nameless one that it built. */
export interface ImageEntry {
  /** Null: no name is left. */
  ref: string | null;
  imageId: string;
  /** By its name, else by its label. */
  appId: string;
  bytes: number;
  createdAt: Date;
}

/** What a release may start from. */
export interface KeptImage {
  ref: string;
  id: string;
}

export const garbageKinds = ["image", "layer", "pulled", "cache", "output"] as const;

/** Something that nobody needs any more. */
export interface Garbage {
  kind: (typeof garbageKinds)[number];
  name: string;
  bytes: number;
  why: string;
}

/** What is recorded of an image that builds have pulled. */
export const pulledImageSchema = z.object({
  imageId: z.string(),
  /** When a build last began with it. */
  usedAt: z.iso.datetime(),
});
export type PulledImage = z.infer<typeof pulledImageSchema>;

/** What is younger may be part of something under way. */
const youngMs = 3_600_000;

/**
 * Names of one app's images that go: of no kept release and of no build under way. References count by image id: the last name of an
 * image that a kept release needs stays, whatever it is called.
 */
export function unwantedNames(
  inventory: ImageEntry[],
  appId: string,
  kept: KeptImage[],
  isBuilding: (ref: string) => boolean,
): (ImageEntry & { ref: string })[] {
  const refs = new Set(kept.map(({ ref }) => ref));
  const ids = new Set(kept.map(({ id }) => id));
  const named = inventory.filter((entry): entry is ImageEntry & { ref: string } => entry.ref !== null);
  const hasKeptName = (imageId: string): boolean =>
    named.some((entry) => entry.imageId === imageId && refs.has(entry.ref));
  return named.filter(
    ({ ref, imageId, appId: owner }) =>
      owner === appId && !refs.has(ref) && !isBuilding(ref) && (!ids.has(imageId) || hasKeptName(imageId)),
  );
}

/** Images without a name that no kept release needs. */
export const unwantedLayers = (
  inventory: ImageEntry[],
  keptIds: ReadonlySet<string>,
  now: Date,
): ImageEntry[] =>
  inventory.filter(
    ({ ref, imageId, createdAt }) =>
      ref === null && !keptIds.has(imageId) && now.getTime() - createdAt.getTime() > youngMs,
  );

const dayMs = 86_400_000;
/** So long an image that was pulled waits for the next build that wants it. */
const idleDays = 7;

/** Of the images that builds have pulled, those that no build has used for a week. */
export const idlePulled = (
  pulled: ReadonlyMap<string, PulledImage>,
  now: Date,
): { ref: string; imageId: string; days: number }[] =>
  [...pulled]
    .map(([ref, { imageId, usedAt }]) => ({
      ref,
      imageId,
      days: Math.floor((now.getTime() - Date.parse(usedAt)) / dayMs),
    }))
    .filter(({ days }) => days >= idleDays);

/** How much of the build cache may stay; null when all of it may: under its limit, and enough of the disk free. */
export function cacheToKeep(
  cacheBytes: number,
  limitBytes: number,
  freeBytes: number | null,
  wantedFreeBytes: number,
): number | null {
  const missing = freeBytes === null ? 0 : wantedFreeBytes - freeBytes;
  const keep = Math.min(limitBytes, cacheBytes - Math.max(0, missing));
  return cacheBytes > keep ? Math.max(0, keep) : null;
}
