import type { App } from "../../../core/app";
import { applyDrain, type DrainPolicy, type DrainWords } from "../../../core/drain";
import type { Actor } from "../../../core/policy";
import type { Context } from "../context";

/** Changes how long the app's instances drain; routers hear of it at once, for those that drain now too. */
export async function setDrain(
  ctx: Context,
  actor: Actor,
  app: App,
  words: DrainWords,
): Promise<{ drain: DrainPolicy; previous: DrainPolicy }> {
  const changed = await ctx.store.apps.changeDrain(app.id, actor.name, (policy) => applyDrain(policy, words));
  await ctx.routing.refresh(app.id);
  ctx.scheduler.nudge(app.id);
  return changed;
}
