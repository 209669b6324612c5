import type { App } from "../../../core/app";
import { conflict, notFound } from "../../../core/error";
import type { Actor } from "../../../core/policy";
import type { Release } from "../../../core/release";
import type { Context } from "../context";
import { contentOf, createRelease, described, phaseOf, type ReleaseWish } from "./release-line";
import { runnableImage } from "./runnable-image";

/**
 * A new release with an old one's image, config and process types. It pre-empts a pending release.
 * Refuses before touching anything when that release failed, has no image, or its image is gone.
 */
export async function rollback(
  ctx: Context,
  actor: Actor,
  app: App,
  version?: number,
  wish: ReleaseWish = {},
): Promise<Release> {
  const target = version === undefined ? await previous(ctx, app) : await named(ctx, app, version);
  const config = await ctx.store.releases.readConfig(target.id);
  return createRelease(
    ctx,
    app.id,
    async () => ({
      ...contentOf(target),
      image: await runnableImage(ctx, target),
      ref: null,
      config,
      reason: "rollback",
      description: described(`Rollback to v${target.version}`, wish),
      ...phaseOf(wish),
      actor: actor.name,
    }),
    { whenPending: "supersede" },
  );
}

async function named(ctx: Context, app: App, version: number): Promise<Release> {
  const release = await ctx.store.releases.byVersion(app.id, version);
  if (!release) throw notFound(`There is no v${version} of ${app.name}: see paas releases.`);
  if (release.state === "failed")
    throw conflict(`v${version} failed (${release.failure}): choose one that ran (paas releases).`);
  return release;
}

/** The newest proven release before the newest that did not fail. */
async function previous(ctx: Context, app: App): Promise<Release> {
  const releases = (await ctx.store.releases.list(app.id, 100)).filter(
    (release) => release.state !== "failed",
  );
  const before = releases.slice(1).find((release) => release.state === "proven" && release.image !== null);
  if (!before) throw notFound(`${app.name} has no earlier release to roll back to: see paas releases.`);
  return before;
}
