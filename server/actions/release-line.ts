import { isPaasError } from "../../core/error";
import type { Release } from "../../core/release";
import type { Drafting, LineOptions } from "../store/releases";
import type { Context } from "./context";

/**
 * Puts a release on the app's line once no other is pending; `waitsFor` hears of each version that it has to wait for.
 * Then the scheduler takes it on.
 */
export async function createRelease(
  ctx: Context,
  appId: string,
  drafting: Drafting,
  options: Partial<LineOptions> & { waitsFor?: (version: number) => void } = {},
): Promise<Release> {
  const { waitsFor, ...line } = options;
  for (;;) {
    try {
      const release = await ctx.store.releases.create(appId, drafting, { whenPending: "refuse", ...line });
      ctx.scheduler.nudge(appId);
      return release;
    } catch (error) {
      const version = isPaasError(error, "busy") ? error.detail?.version : undefined;
      if (typeof version !== "number") throw error;
      waitsFor?.(version);
      await releaseEnd(ctx, appId, version, new AbortController().signal);
    }
  }
}

/** Waits until a release is proven or failed; null when it is gone with its app or the wait was aborted. */
export async function releaseEnd(
  ctx: Context,
  appId: string,
  version: number,
  signal: AbortSignal,
): Promise<Release | null> {
  for await (const _ of ctx.store.notices.changes(appId, signal)) {
    const release = await ctx.store.releases.byVersion(appId, version);
    if (release?.state !== "pending") return release;
  }
  return null;
}
