import type { App } from "../../../core/app";
import { parseAppJson } from "../../../core/app-json";
import type { Build } from "../../../core/build";
import type { Actor } from "../../../core/policy";
import { parseProcfile } from "../../../core/procfile";
import { shortCommit } from "../../../core/push";
import { checkTree, checkWhole } from "../../repositories/tree-measure";
import type { Context } from "../context";
import { maxMetadataBytes, metadataFiles } from "../deploys/deploy-build";
import type { Deploy } from "../deploys/deploys";

/** Refuses what can be told from a commit's tree that it will not build or run; throws `invalid` or `too_large`. */
export async function checkSource(ctx: Context, app: App, commit: string): Promise<void> {
  const { root } = await ctx.store.buildSettings.read(app.id);
  const [measure, { files }] = await Promise.all([
    ctx.repositories.measureTree(app.id, commit),
    ctx.repositories.readCommit(app.id, commit, metadataFiles, maxMetadataBytes, root),
  ]);
  checkTree(measure);
  checkWhole(measure);
  parseAppJson(files["app.json"] ?? null);
  if (files.Procfile != null) parseProcfile(files.Procfile);
}

/**
 * Queues a build of a commit, whose source is on disk from here on, and begins its deploy. Of several that wait, only the newest is built.
 * `from`: when the source came, by the monotonic clock in ms.
 */
export async function queueBuild(
  ctx: Context,
  actor: Actor,
  app: App,
  parts: Pick<Build, "ref" | "commit" | "oldCommit" | "upload">,
  from: number,
): Promise<Deploy> {
  const id = ctx.store.builds.newId();
  await ctx.repositories.archive(app.id, parts.commit, ctx.deploys.sourceFile(id));
  await supersedeWaiting(ctx, app, parts.upload ?? `push of ${shortCommit(parts.commit)}`);
  const build = { ...parts, appId: app.id, actor: actor.name };
  return ctx.deploys.begin(await ctx.store.builds.create(id, build, performance.now() - from));
}

async function supersedeWaiting(ctx: Context, app: App, by: string): Promise<void> {
  const open = await ctx.store.builds.list(app.id, 20);
  const reason = `superseded by a newer ${by}`;
  for (const build of open.filter((one) => one.status === "queued"))
    if (await ctx.store.builds.supersede(build, reason)) ctx.deploys.drop(build.id, reason);
}
