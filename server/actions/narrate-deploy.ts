import type { App } from "../../core/app";
import type { PushOutput } from "../../core/push";
import { complaint, detail, heading } from "../../core/transcript";
import type { Context } from "./context";
import type { DeployEnd, FailedDeploy } from "./deploy-end";
import type { Deploy } from "./deploys";
import { followRelease } from "./follow";

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
  const superseded = await tellOfWaiting(ctx, deploy, output);
  if (superseded) {
    output.write(complaint(superseded.reason));
    return superseded;
  }
  await tellOutput(ctx, deploy, output, signal);
  const release = await deploy.built;
  if (release) for await (const line of followRelease(ctx, app, release.version, signal)) output.write(line);
  const end = await deploy.ended;
  if (!end.ok && !end.release) output.write(complaint(`Build failed: ${end.reason}`));
  if (!end.ok) output.write(detail("What ran before goes on running. Correct it and push again."));
  return end;
}

/** Says whom a queued build waits for; the end of a build that was superseded meanwhile, which is told at once. */
async function tellOfWaiting(ctx: Context, deploy: Deploy, output: PushOutput): Promise<FailedDeploy | null> {
  const over = new AbortController();
  void deploy.built.then(() => over.abort());
  let told = false;
  for await (const _ of ctx.store.notices.changes(deploy.build.appId, over.signal)) {
    const build = await ctx.store.builds.byId(deploy.build.id);
    if (build?.status === "superseded")
      return { ok: false, reason: build.failure ?? "superseded", release: null };
    if (build?.status !== "queued") return null;
    const ahead = (await ctx.store.builds.list(build.appId, 20)).some((one) => one.status === "running");
    if (ahead && !told) output.write(heading("Waiting for the build before this one to end"));
    told ||= ahead;
  }
  return null;
}

async function tellOutput(
  ctx: Context,
  deploy: Deploy,
  output: PushOutput,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  void deploy.built.then(() => setTimeout(() => over.abort(), tailMs).unref());
  for await (const chunk of ctx.queue.output(deploy.build.id, AbortSignal.any([signal, over.signal])))
    output.write(chunk);
}
