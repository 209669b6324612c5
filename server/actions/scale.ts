import type { App } from "../../core/app";
import { applyScale } from "../../core/formation";
import type { Actor } from "../../core/policy";
import { runningTypes } from "../../core/release";
import type { Context } from "./context";

/** Applies ps:scale words at once; no release. */
export async function scale(
  ctx: Context,
  actor: Actor,
  app: App,
  words: string[],
): Promise<{ quantities: Record<string, number>; previous: Record<string, number> }> {
  const current = await ctx.store.releases.current(app.id);
  const types = runningTypes(current?.processTypes ?? {});
  const changed = await ctx.store.apps.changeFormation(app.id, actor.name, (formation) => ({
    ...formation,
    quantities: applyScale(formation.quantities, words, types),
  }));
  ctx.scheduler.nudge(app.id);
  return { quantities: changed.formation.quantities, previous: changed.previous.quantities };
}
