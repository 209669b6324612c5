import { access, rm } from "node:fs/promises";
import { apiPrefix } from "../../../core/api-prefix";
import type { Build, BuildJob, BuildResult } from "../../../core/build";
import { isDeployRef, shortCommit } from "../../../core/push";
import type { Release } from "../../../core/release";
import type { Context } from "../context";
import { createRelease, releaseEnd } from "../releases/release-line";
import type { DeployEnd } from "./deploy-end";
import { mayMove } from "./may-move";

/** Of each of them. */
export const maxMetadataBytes = 256 * 1024;

/** Files of a commit's root that say how to run it. */
export const metadataFiles = ["Procfile", "app.json"];

/**
 * Carries a build to its end: its turn, its image, its release, the proof. Any part may have been done before by a server that died.
 * `tellBuilt` hears when the build is over.
 */
export async function deployBuild(
  ctx: Context,
  build: Build,
  signal: AbortSignal,
  tellBuilt: (release: Release | null) => void,
): Promise<DeployEnd> {
  const turn = await ctx.deploys.line.take(build.id, build.appId);
  let release: Release | null;
  try {
    const asked = Promise.all([staleness(ctx, build), jobOf(ctx, build)]);
    asked.catch(() => undefined); // heard below, if it still matters
    if (!(await ctx.store.builds.start(build))) return await endedMeanwhile(ctx, build);
    const [stale, job] = await asked;
    if (stale !== null) return await failed(ctx, build, stale);
    const outcome = await ctx.queue.outcome(job, signal);
    turn.freePlace();
    const kept = ctx.queue.wholeOutput(build.id).then((text) => ctx.deploys.keepOutput(build.id, text));
    if (outcome.status === "failed") {
      await kept;
      return await failed(ctx, build, outcome.message);
    }
    [release] = await Promise.all([recordBuild(ctx, build, outcome.result), kept]);
  } catch (error) {
    if (!signal.aborted) throw error;
    await ctx.queue.cancel(build.id);
    return await failed(ctx, build, (signal.reason as Error).message);
  } finally {
    turn.giveBack();
    await rm(ctx.deploys.sourceFile(build.id), { force: true });
  }
  tellBuilt(release);
  return proof(ctx, release, signal);
}

/** Image and config become a release now; what is pending before it is waited for. */
async function recordBuild(ctx: Context, build: Build, result: BuildResult): Promise<Release> {
  return createRelease(
    ctx,
    build.appId,
    (current, config) => ({
      buildId: build.id,
      image: result.image,
      commit: build.commit,
      ref: build.ref,
      processTypes: result.processTypes,
      healthChecks: result.healthChecks,
      cron: result.cron,
      config,
      reason: "deploy",
      description: `Deploy ${build.upload ?? shortCommit(build.commit)}${current?.commit === build.commit ? " again" : ""}`,
      actor: build.actor,
    }),
    { build: { build, result } },
  );
}

async function proof(ctx: Context, release: Release, signal: AbortSignal): Promise<DeployEnd> {
  const ended = await releaseEnd(ctx, release.appId, release.version, signal);
  if (ended?.state === "proven") return { ok: true, release: ended };
  await ctx.refs.abort(release); // one that was superseded during its switch still holds its lock
  const reason = ended ? `v${ended.version} failed: ${ended.failure}` : "the app was destroyed";
  return { ok: false, reason, release: ended };
}

async function failed(ctx: Context, build: Build, reason: string): Promise<DeployEnd> {
  await ctx.store.builds.end(build, "failed", reason);
  return { ok: false, reason, release: null };
}

async function endedMeanwhile(ctx: Context, build: Build): Promise<DeployEnd> {
  const now = await ctx.store.builds.byId(build.id);
  return { ok: false, reason: now?.failure ?? "the app was destroyed", release: null };
}

/** At its turn a push must still be able to move its ref. */
async function staleness(ctx: Context, build: Build): Promise<string | null> {
  const tip = await ctx.repositories.tip(build.appId, build.ref);
  return (await mayMove(ctx.repositories, build, tip)) ? null : "fetch first: the branch has moved meanwhile";
}

async function jobOf(ctx: Context, build: Build): Promise<BuildJob> {
  const [app, settings, config] = await Promise.all([
    ctx.store.apps.byId(build.appId),
    ctx.store.buildSettings.read(build.appId),
    ctx.store.buildConfigs.read(build.appId),
  ]);
  const hasConfig = Object.keys(config.reveal()).length > 0;
  const { date, files } = await ctx.repositories.readCommit(
    build.appId,
    build.commit,
    metadataFiles,
    maxMetadataBytes,
    settings.root,
  );
  const archive = ctx.deploys.sourceFile(build.id);
  await access(archive).catch(() => ctx.repositories.archive(build.appId, build.commit, archive));
  const { bind, apiPort } = ctx.settings;
  const host = bind === "0.0.0.0" || bind === "::" ? "127.0.0.1" : bind;
  const internal = `http://${host.includes(":") ? `[${host}]` : host}:${apiPort}${apiPrefix}/internal/builds/${build.id}`;
  return {
    buildId: build.id,
    appId: build.appId,
    appName: app?.name ?? build.appId,
    commit: build.commit,
    commitDate: date,
    settings,
    sourceUrl: `${internal}/source`,
    ...(hasConfig && { configUrl: `${internal}/config` }),
    ...(isDeployRef(build.ref) && { branch: build.ref.replace(/^refs\/heads\//, "") }),
    sourceToken: sourceToken(ctx, build.id),
    procfile: files.Procfile ?? null,
    appJson: files["app.json"] ?? null,
  };
}

/** Good for one build's source alone; derived, so that a restarted server knows it again. */
export const sourceToken = (ctx: Pick<Context, "store">, buildId: string): string =>
  ctx.store.cipher.derive("build-source", buildId);
