import type { App } from "../../../core/app";
import { invalid } from "../../../core/error";
import type { Actor } from "../../../core/policy";
import type { Context } from "../context";

/** Scales a process type, or all of them, to zero. */
export async function stop(
  ctx: Context,
  actor: Actor,
  app: App,
  type: string | undefined,
): Promise<{ quantities: Record<string, number>; previous: Record<string, number> }> {
  const { formation, previous } = await ctx.store.apps.changeFormation(app.id, actor.name, (before) => {
    const known = Object.keys(before.quantities);
    if (type !== undefined && !known.includes(type))
      throw invalid(`There is no process type ${type}. This app has: ${known.join(", ") || "none yet"}.`);
    const stopped = known.filter((one) => type === undefined || one === type);
    return {
      ...before,
      quantities: { ...before.quantities, ...Object.fromEntries(stopped.map((one) => [one, 0])) },
    };
  });
  ctx.scheduler.nudge(app.id);
  return { quantities: formation.quantities, previous: previous.quantities };
}
