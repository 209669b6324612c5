import type { App } from "../../../core/app";
import type { Build } from "../../../core/build";
import { conflict } from "../../../core/error";
import type { Actor } from "../../../core/policy";
import type { Context } from "../context";

/** Ends a build that waits or runs, with all processes of it; throws `conflict` when it has ended. What runs is untouched. */
export async function cancelBuild(ctx: Context, actor: Actor, app: App, build: Build): Promise<Build> {
  const reason = `cancelled by ${actor.name}`;
  const ended = await ctx.store.builds.end(build, "cancelled", reason);
  const now = (await ctx.store.builds.byId(build.id)) ?? build;
  if (!ended) throw conflict(`Build ${build.id} is over: ${overText(now, app)}`);
  ctx.deploys.drop(build.id, reason);
  await ctx.queue.cancel(build.id);
  return now;
}

const overText = ({ status }: Build, app: App): string =>
  status === "succeeded"
    ? `it succeeded. To go back to what ran before: paas rollback -a ${app.name}`
    : `it ${status === "failed" ? "has failed" : `was ${status}`}, so there is nothing to cancel.`;
