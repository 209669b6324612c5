import type { App } from "../../../core/app";
import type { Build } from "../../../core/build";
import { conflict, notFound } from "../../../core/error";
import type { Actor } from "../../../core/policy";
import { noCommit, rebuildRef, shortCommit } from "../../../core/push";
import type { Context } from "../context";
import { checkSource, queueBuild } from "./queue-build";

/**
 * Builds once more what an app runs (what was built last, while nothing was released), or the source of the build that is named, by the
 * settings, buildpacks and build config of now; then it is released as if it had been pushed. Resolves when the build is queued.
 * Throws `not_found` without a source, `conflict` when the source is gone.
 */
export async function rebuild(ctx: Context, actor: Actor, app: App, named: Build | null): Promise<Build> {
  const from = performance.now();
  const { id, commit, ref, upload } = named ?? (await builtLast(ctx, app));
  if (!(await ctx.repositories.hasCommit(app.id, commit)))
    throw conflict(`The source of build ${id} (${shortCommit(commit)}) is not here any more: push it again.`);
  await checkSource(ctx, app, commit);
  const place = await placeFor(ctx, app, commit, ref);
  return (await queueBuild(ctx, actor, app, { ...place, commit, upload }, from)).build;
}

/** The build that the current release's image is of, else the newest. */
async function builtLast(ctx: Context, app: App): Promise<Build> {
  const current = await ctx.store.releases.current(app.id);
  const build = current?.buildId
    ? await ctx.store.builds.byId(current.buildId)
    : (await ctx.store.builds.list(app.id, 1))[0];
  if (current?.image && !current.buildId)
    throw conflict(
      `v${current.version} runs an image that was built elsewhere: release its newer one with paas deploy --image, or name a build (paas builds).`,
    );
  if (!build) throw notFound(`${app.name} has no builds yet. Make the first: git push paas main`);
  return build;
}

/** Its own ref, where it stands there or may come after what does; what a rollback or a newer push left behind moves no branch. */
async function placeFor(
  ctx: Context,
  app: App,
  commit: string,
  ref: string,
): Promise<Pick<Build, "ref" | "oldCommit">> {
  const tip = await ctx.repositories.tip(app.id, ref);
  const oldCommit = tip ?? noCommit;
  if (tip === null || (await ctx.repositories.descends(app.id, commit, tip))) return { ref, oldCommit };
  return { ref: rebuildRef, oldCommit: noCommit };
}
