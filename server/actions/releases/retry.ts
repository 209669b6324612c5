import type { App } from "../../../core/app";
import { conflict, notFound } from "../../../core/error";
import type { Actor } from "../../../core/policy";
import type { Release } from "../../../core/release";
import type { Context } from "../context";
import { contentOf, createRelease, described, phaseOf, type ReleaseWish } from "./release-line";
import { runnableImage } from "./runnable-image";

/**
 * A new release with all that a failed one had: image, config, process types, and the branch that it would have moved. Its release command
 * runs again. Without a version: the newest release. Throws `conflict` when it did not fail or something newer went well.
 */
export async function retry(
  ctx: Context,
  actor: Actor,
  app: App,
  version: number | undefined,
  wish: ReleaseWish = {},
): Promise<Release> {
  const failed = await wanted(ctx, app, version);
  const config = await ctx.store.releases.readConfig(failed.id);
  return createRelease(ctx, app.id, async (current) => {
    if (current && current.version > failed.version)
      throw conflict(
        `v${current.version} has come after v${failed.version}, which would undo it: push again, or paas rollback.`,
      );
    return {
      ...contentOf(failed),
      image: await runnableImage(ctx, failed),
      ref: failed.ref,
      config,
      reason: failed.reason,
      description: described(`Retry of v${failed.version}: ${failed.description}`, wish),
      actor: actor.name,
      ...phaseOf(wish),
    };
  });
}

async function wanted(ctx: Context, app: App, version: number | undefined): Promise<Release> {
  const release =
    version === undefined
      ? (await ctx.store.releases.list(app.id, 1))[0]
      : await ctx.store.releases.byVersion(app.id, version);
  if (!release)
    throw notFound(
      version === undefined
        ? `${app.name} has no releases yet. Make the first: git push paas main`
        : `There is no v${version} of ${app.name}: see paas releases.`,
    );
  if (release.state !== "failed")
    throw conflict(
      `v${release.version} did not fail (it is ${release.state}): only a release that failed can be tried again.`,
    );
  return release;
}
