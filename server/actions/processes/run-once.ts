import { randomInt } from "node:crypto";
import type { App } from "../../../core/app";
import { notFound, PaasError } from "../../../core/error";
import { newId } from "../../../core/id";
import { oneOffLaunch } from "../../../core/launch";
import type { Run } from "../../../core/one-off";
import type { Actor } from "../../../core/policy";
import { shellLine } from "../../../core/shell-word";
import type { DetachedRun, RunStart } from "../../../core/wire";
import type { RunSession } from "../../engines/engine";
import type { NewRun } from "../../store/runs";
import type { Context } from "../context";
import { prepareRun } from "./prepare-run";

/** Starts a one-off with somebody attached. A first word that is a process type becomes its command. */
export async function runOnce(ctx: Context, actor: Actor, app: App, start: RunStart): Promise<RunSession> {
  const prepared = await prepareRun(ctx, app, (types) => oneOffLaunch(start.words, types), start.env);
  const run = await record(ctx, app, actor, "attached", start.words, prepared.release.version);
  const size =
    start.columns && start.rows ? { size: { columns: start.columns, rows: start.rows } } : undefined;
  return ctx.oneOffs.attach(run, prepared.specFor(run, { tty: start.tty, stdin: start.stdin, ...size }));
}

/** Starts a one-off whose output goes to the app's log. */
export async function runDetached(ctx: Context, actor: Actor, app: App, wish: DetachedRun): Promise<Run> {
  const prepared = await prepareRun(ctx, app, (types) => oneOffLaunch(wish.words, types), wish.env);
  const run = await record(ctx, app, actor, "detached", wish.words, prepared.release.version);
  await ctx.oneOffs.detach(run, prepared.specFor(run));
  return run;
}

/** Stops the one-offs of that name (a schedule may have several); throws `not_found` when none runs. */
export async function stopRun(ctx: Context, app: App, name: string): Promise<void> {
  const named = (await ctx.store.runs.open(app.id)).filter((run) => run.name === name);
  if (named.length === 0)
    throw notFound(`No one-off ${JSON.stringify(name.slice(0, 40))} of ${app.name} runs: see paas run:list.`);
  await Promise.all(named.map((run) => ctx.oneOffs.stop(run)));
}

const nameAttempts = 20;

/** Gives it a name that no other one-off of the app has now. */
async function record(
  ctx: Context,
  app: App,
  actor: Actor,
  kind: NewRun["kind"],
  words: string[],
  version: number,
): Promise<Run> {
  for (let attempt = 0; attempt < nameAttempts; attempt += 1) {
    const name = `run.${randomInt(1000, 10_000)}`;
    const command = shellLine(words);
    const wish = { id: newId(), appId: app.id, name, kind, command, version, actor: actor.name, dueAt: null };
    const run = await ctx.store.runs.create(wish);
    if (run) return run;
  }
  throw new PaasError("busy", "No free name was found for the one-off: try again.");
}
