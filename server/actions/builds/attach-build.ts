import { PassThrough } from "node:stream";
import type { App } from "../../../core/app";
import type { Build } from "../../../core/build";
import type { Context } from "../context";
import { followBuild, followRelease } from "../deploys/follow";
import { LastTold } from "../deploys/last-told";
import { buildEnd, narrateDeploy } from "../deploys/narrate-deploy";

/** What the pusher of a build reads, from its beginning to the end of its release; of one that is over, what he has read. */
export async function* attachBuild(
  ctx: Context,
  app: App,
  build: Build,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const deploy = ctx.deploys.underWay(build.id);
  if (!deploy) return yield* retold(ctx, app, build, signal);
  const transcript = new PassThrough({ encoding: "utf8" });
  const stop = (): void => void transcript.end();
  signal.addEventListener("abort", stop);
  const write = (text: string): void => void (transcript.writable && transcript.write(text));
  narrateDeploy(ctx, app, deploy, { write }, signal).then(stop, (error: Error) => transcript.destroy(error));
  try {
    yield* transcript;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function* retold(ctx: Context, app: App, build: Build, signal: AbortSignal): AsyncGenerator<string> {
  const told = new LastTold();
  for await (const chunk of followBuild(ctx, build, signal)) {
    told.hear(chunk);
    yield chunk;
  }
  const release = await ctx.store.releases.ofBuild(build.id);
  if (release) yield* followRelease(ctx, app, release.version, signal);
  else if (build.failure !== null) yield buildEnd(build.status, build.failure, told);
}
