import type { App } from "../../../core/app";
import type { Build, BuildStatus } from "../../../core/build";
import { type PushOutput, shortCommit } from "../../../core/push";
import { complaint, detail, heading } from "../../../core/transcript";
import type { Wait } from "../builds/build-line";
import type { Context } from "../context";
import type { DeployEnd, FailedDeploy } from "./deploy-end";
import type { Deploy } from "./deploys";
import { followRelease } from "./follow";
import { LastTold } from "./last-told";

/** How long the last of a build's output may come after its end. */
const tailMs = 500;

/** Tells the pusher how his deploy goes, to its end; when he has gone, only waits for that. */
export async function narrateDeploy(
  ctx: Context,
  app: App,
  deploy: Deploy,
  output: PushOutput,
  signal: AbortSignal,
): Promise<DeployEnd> {
  output.write(
    detail(`Ctrl-C leaves it running: paas builds:attach ${deploy.build.id} -a ${app.name} comes back to it`),
  );
  const never = await tellOfWaiting(ctx, app, deploy, output);
  if (never) {
    output.write(
      complaint(`Build of ${deploy.build.upload ?? shortCommit(deploy.build.commit)} ${never.reason}`),
    );
    return never;
  }
  const told = await tellOutput(ctx, deploy, output, signal);
  const release = await deploy.built;
  if (release) for await (const line of followRelease(ctx, app, release.version, signal)) output.write(line);
  const end = await deploy.ended;
  if (end.ok) return end;
  const { status = "failed" } = (await ctx.store.builds.byId(deploy.build.id)) ?? {};
  if (!end.release) output.write(buildEnd(status, end.reason, told));
  output.write(detail(await nextStep(ctx, app, deploy.build, status)));
  return end;
}

/** What there is to do after a deploy that did not go well. */
async function nextStep(ctx: Context, app: App, build: Build, status: BuildStatus): Promise<string> {
  const runs = await ctx.store.releases.proven(app.id);
  const act =
    status === "cancelled"
      ? `To build it after all: paas rebuild ${build.id} -a ${app.name}`
      : `Correct it and ${build.upload === null ? "push" : "deploy"} again.`;
  return runs?.image ? `What ran before goes on running. ${act}` : act;
}

/** How a build ended that made no release. Who cancels or supersedes one says so in the reason's first word. */
export function buildEnd(status: BuildStatus, reason: string, told: LastTold): string {
  if (status === "cancelled" || status === "superseded") return complaint(`Build ${reason}`);
  return complaint(told.endsWith(reason) ? "Build failed" : `Build failed: ${reason}`);
}

/** Says what a queued build waits for; the end of one that will never begin is told at once. */
async function tellOfWaiting(
  ctx: Context,
  app: App,
  deploy: Deploy,
  output: PushOutput,
): Promise<FailedDeploy | null> {
  const over = new AbortController();
  void deploy.built.then(() => over.abort());
  let told = "";
  for await (const _ of ctx.store.notices.changes(deploy.build.appId, over.signal)) {
    const build = await ctx.store.builds.byId(deploy.build.id);
    if (build?.status === "superseded" || build?.status === "cancelled")
      return { ok: false, reason: build.failure ?? build.status, release: null };
    if (build?.status !== "queued") return null;
    const wait = ctx.deploys.line.waitOf(build.id);
    const text = wait ? waiting(wait, app, ctx.deploys.line.atOnce) : told;
    if (text !== told) output.write(heading(text));
    told = text;
  }
  return null;
}

/** Of other apps a pusher learns no more than how many. */
function waiting({ place, reason }: Wait, app: App, atOnce: number): string {
  const builds = `${atOnce} ${atOnce === 1 ? "build" : "builds"}`;
  return reason === "app"
    ? `Waiting: ${app.name} has a build under way, and one runs at a time (place ${place} in its line)`
    : `Waiting: the platform runs ${builds} at once, and all are taken (place ${place} in the line)`;
}

async function tellOutput(
  ctx: Context,
  deploy: Deploy,
  output: PushOutput,
  signal: AbortSignal,
): Promise<LastTold> {
  const told = new LastTold();
  const over = new AbortController();
  void deploy.built.then(() => setTimeout(() => over.abort(), tailMs).unref());
  for await (const chunk of ctx.queue.output(deploy.build.id, AbortSignal.any([signal, over.signal]))) {
    output.write(chunk);
    told.hear(chunk);
  }
  return told;
}
