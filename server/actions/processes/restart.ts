import type { App } from "../../../core/app";
import type { Actor } from "../../../core/policy";
import { restarted } from "../../../core/restart";
import type { Context } from "../context";

/** Starts instances anew, one after the other, without a release: all, those of a type, or one. Returns their names. */
export async function restart(
  ctx: Context,
  actor: Actor,
  app: App,
  what: string | undefined,
): Promise<string[]> {
  const instances = restarted(app, await ctx.store.releases.current(app.id), what);
  await ctx.store.apps.restart(app.id, actor.name, what ?? null);
  ctx.scheduler.nudge(app.id);
  return instances;
}
