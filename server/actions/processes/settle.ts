import type { App } from "../../../core/app";
import { PaasError } from "../../../core/error";
import type { Context } from "../context";

/**
 * Waits until what runs is what should run and nothing is under way any more. Throws `timeout` when that takes longer; ends early when
 * the signal says that nobody waits any more.
 */
export async function settle(ctx: Context, app: App, limitMs: number, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(limitMs);
  if (await ctx.scheduler.settled(app.id, AbortSignal.any([signal, limit]))) return;
  if (limit.aborted)
    throw new PaasError(
      "timeout",
      `${app.name} is not as wanted after ${Math.round(limitMs / 1000)} s. See what it is doing with paas ps and paas logs; wait on with paas ps:wait.`,
    );
}
