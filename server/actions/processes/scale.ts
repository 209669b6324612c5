import type { App } from "../../../core/app";
import { webType } from "../../../core/desired";
import { messageOf } from "../../../core/error";
import { applyScale, type Formation } from "../../../core/formation";
import type { Actor } from "../../../core/policy";
import { runningTypes } from "../../../core/release";
import type { Context } from "../context";

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
  const webAt = ({ quantities }: Formation) => quantities[webType] ?? 0;
  if (webAt(changed.previous) === 0 && webAt(changed.formation) > 0) await hold(ctx, app);
  ctx.scheduler.nudge(app.id);
  return { quantities: changed.formation.quantities, previous: changed.previous.quantities };
}

/** From now on requests wait for the first instance. The scheduler would say so, too: without Redis the scale holds all the same. */
async function hold(ctx: Context, app: App): Promise<void> {
  await ctx.routing
    .hold(app.id)
    .catch((error: unknown) =>
      ctx.log.warn({ app: app.id, err: messageOf(error) }, "requests are not held yet"),
    );
}
