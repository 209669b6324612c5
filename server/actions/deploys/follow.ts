import type { App } from "../../../core/app";
import type { Build } from "../../../core/build";
import type { Event, EventName } from "../../../core/event";
import { type Release, runningTypes } from "../../../core/release";
import { appHostname } from "../../../core/route";
import { detail, transcriptOf } from "../../../core/transcript";
import type { Context } from "../context";
import { urlOf } from "../http/url";
import { CommandOutput } from "../releases/command-output";
import { tellReceipt } from "./tell-receipt";

/** The transcript of a release from its creation, as it comes; ends when it is proven or failed, or gone. */
export async function* followRelease(
  ctx: Context,
  app: App,
  version: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const url = await urlOf(ctx, app, appHostname(app.name, ctx.settings.domain));
  let after = (await ctx.store.events.createdId(app.id, version)) - 1;
  let output: CommandOutput | null = null;
  for await (const _ of ctx.store.notices.changes(app.id, signal)) {
    const release = await ctx.store.releases.byVersion(app.id, version);
    for (const event of await ctx.store.events.since(app.id, after)) {
      after = event.id;
      // All that a command said was kept before its end was told.
      if (output) yield* detailed(output.news());
      const text = transcriptOf(event, version, url);
      if (text !== "") yield text;
      if (isOf(event, "command:started", version) && release) output = new CommandOutput(ctx.store, release);
      if (isOf(event, "command:ended", version)) output = null;
    }
    if (output) yield* detailed(output.news());
    if (release?.state === "proven") {
      yield* nothingRuns(ctx, app, release);
      yield* tellReceipt(ctx, release, signal);
    }
    if (release?.state !== "pending") return;
  }
}

const isOf = (event: Event, name: EventName, version: number): boolean =>
  event.name === name && "version" in event.data && event.data.version === version;

async function* detailed(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const piece of pieces) yield piece.replace(/\n$/, "").split("\n").map(detail).join("");
}

/** A release that starts nothing says how to start something. */
async function* nothingRuns(ctx: Context, app: App, release: Release): AsyncGenerator<string> {
  const types = release.image ? runningTypes(release.processTypes) : [];
  const now = await ctx.store.apps.byId(app.id);
  if (types.length === 0 || types.some((type) => (now?.formation.quantities[type] ?? 0) > 0)) return;
  yield detail(`nothing runs: paas ps:scale ${types.map((type) => `${type}=1`).join(" ")} -a ${app.name}`);
}

/** The output of a build, as it comes; ends with the build. */
export async function* followBuild(ctx: Context, build: Build, signal: AbortSignal): AsyncGenerator<string> {
  const kept = await ctx.deploys.keptOutput(build.id);
  if (kept !== null) {
    yield kept;
    return;
  }
  const over = new AbortController();
  const ended = ctx.deploys.ended(build).then(() => setTimeout(() => over.abort(), 1_000).unref());
  ended.catch(() => over.abort());
  yield* ctx.queue.output(build.id, AbortSignal.any([signal, over.signal]));
}
