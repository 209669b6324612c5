import type { App } from "../../../core/app";
import { invalid } from "../../../core/error";
import { type Formation, type Limits, limitsFor } from "../../../core/formation";
import { changeLimits, parseLimits } from "../../../core/limits";
import type { Actor } from "../../../core/policy";
import { runningTypes } from "../../../core/release";
import type { LimitWish } from "../../../core/wire";
import type { Context } from "../context";

/** The limits that hold for each process type, and for one-offs (`run`). */
export async function readLimits(ctx: Context, app: App): Promise<Record<string, Limits>> {
  return limitsOf(await limitedTypes(ctx, app), app.formation);
}

/** Changes limits; what runs under others is replaced one after the other. */
export async function limit(
  ctx: Context,
  actor: Actor,
  app: App,
  { type, ...words }: LimitWish,
): Promise<{ limits: Record<string, Limits>; previous: Record<string, Limits> }> {
  const change = parseLimits(words);
  if (Object.keys(change).length === 0)
    throw invalid("Nothing to limit: give --memory, --cpu, --pids or --disk.");
  const types = await limitedTypes(ctx, app);
  if (type !== undefined && !types.includes(type))
    throw invalid(`There is no process type ${type}. This app has: ${types.join(", ")}.`);
  const { formation, previous } = await ctx.store.apps.changeFormation(app.id, actor.name, (before) =>
    changeLimits(before, change, type),
  );
  ctx.scheduler.nudge(app.id);
  const shown = type === undefined ? types : [type];
  return { limits: limitsOf(shown, formation), previous: limitsOf(shown, previous) };
}

async function limitedTypes(ctx: Context, app: App): Promise<string[]> {
  const current = await ctx.store.releases.current(app.id);
  return [...runningTypes(current?.processTypes ?? {}), "run"];
}

const limitsOf = (types: string[], formation: Formation): Record<string, Limits> =>
  Object.fromEntries(types.map((type) => [type, limitsFor(formation, type)]));
