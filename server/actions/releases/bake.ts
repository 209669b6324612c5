import type { App } from "../../../core/app";
import { type Bake, parseBakeWindow, takenBackText } from "../../../core/bake";
import type { Actor } from "../../../core/policy";
import type { Release } from "../../../core/release";
import type { Context } from "../context";

/** Changes for how long the app's next releases bake. Without a window the bake under way ends and its release stays. */
export async function setBake(
  ctx: Context,
  actor: Actor,
  app: App,
  word: string,
): Promise<{ windowMs: number | null; previous: number | null }> {
  const windowMs = parseBakeWindow(word);
  const { previous } = await ctx.store.bakes.changeWindow(app, actor.name, windowMs);
  await ctx.routing.refresh(app.id);
  ctx.scheduler.nudge(app.id);
  return { windowMs, previous };
}

/** The newest bakes of an app, newest first; what is counted by now of one under way is in it. */
export async function listBakes(ctx: Context, app: App, limit: number): Promise<Bake[]> {
  return (await ctx.store.bakes.list(app.id, limit)).map((bake) => asOfNow(ctx, bake));
}

/** The bake of a release; null when it has none. */
export async function bakeOf(ctx: Context, release: Release): Promise<Bake | null> {
  const bake = await ctx.store.bakes.of(release.id);
  return bake && asOfNow(ctx, bake);
}

const asOfNow = ({ routers }: Context, bake: Bake): Bake =>
  bake.endedAt === null ? { ...bake, count: routers.bakeCount(bake) } : bake;

/** What this person has to hear of the app, once: a release that was taken back when nobody looked. */
export async function noticeOf(ctx: Context, actor: Actor, app: App): Promise<string | null> {
  const bake = await ctx.store.bakes.tell(app.id, actor.name);
  return bake && takenBackText(bake);
}
