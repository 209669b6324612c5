import type { App } from "../../../core/app";
import { conflict, invalid, notFound } from "../../../core/error";
import { imageRef } from "../../../core/image";
import type { Actor } from "../../../core/policy";
import type { Release } from "../../../core/release";
import { type Change, changes, masked } from "../../../core/release-diff";
import type { Context } from "../context";
import { contentOf, createRelease, described, phaseOf, type ReleaseWish } from "./release-line";
import { runnableImage } from "./runnable-image";
import { readConfig } from "./set-config";

/** What a promotion would bring, to be looked at before. */
export interface Promotion {
  release: Release;
  /** Config vars that differ, masked: `from` is the source's, `to` the target's, which stays. */
  config: Change[];
}

/**
 * What `from` runs now, against the target's config. Without `compareValues` only names are compared: who may read one app's values and set
 * the other's could else guess the rest.
 */
export async function promotionOf(
  ctx: Context,
  from: App,
  to: App,
  compareValues: boolean,
): Promise<Promotion> {
  const release = await running(ctx, from, to);
  const [source, target] = await Promise.all([
    ctx.store.releases.readConfig(release.id),
    readConfig(ctx, to),
  ]);
  const shown = (values: Record<string, string>) =>
    compareValues ? values : Object.fromEntries(Object.keys(values).map((name) => [name, ""]));
  return { release, config: masked(changes(shown(source.reveal()), shown(target.reveal()))) };
}

/**
 * A new release of the target with the image and process types that `from` runs, and the target's own config. The image gets a name of the
 * target's, so that destroying `from` does not take it away. Throws `conflict` when `from` no longer runs the version that was looked at.
 */
export async function promote(
  ctx: Context,
  actor: Actor,
  from: App,
  to: App,
  version: number,
  wish: ReleaseWish = {},
): Promise<Release> {
  const source = await running(ctx, from, to);
  if (source.version !== version)
    throw conflict(`${from.name} runs v${source.version} by now, not v${version}: look again, then promote.`);
  const ref = imageRef(ctx.platformId, to.id, `from${source.id}`, ctx.store.cipher.derive("image", to.id));
  return createRelease(ctx, to.id, async (_current, config) => {
    const image = await runnableImage(ctx, source);
    // Under the target's lock: a name without a release would be taken for an old one's.
    await ctx.images.tag(image.id, ref);
    return {
      ...contentOf(source),
      buildId: null,
      image: { ...image, ref },
      ref: null,
      config,
      reason: "promote",
      description: described(`Promote ${from.name} v${source.version}`, wish),
      actor: actor.name,
      ...phaseOf(wish),
    };
  });
}

async function running(ctx: Context, from: App, to: App): Promise<Release> {
  if (from.id === to.id) throw invalid(`${from.name} cannot be promoted to itself: name another app.`);
  const release = await ctx.store.releases.proven(from.id);
  if (!release?.image) throw notFound(`${from.name} runs nothing to promote yet: deploy it first.`);
  return release;
}
