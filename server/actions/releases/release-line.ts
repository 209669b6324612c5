import { isPaasError } from "../../../core/error";
import type { Release } from "../../../core/release";
import type { Draft, Drafting, LineOptions } from "../../store/release-draft";
import type { Context } from "../context";

/** What somebody may wish of a release beside its content. */
export interface ReleaseWish {
  /** In an emergency: leaves the release command out. */
  noReleasePhase?: boolean | undefined;
}

/** The draft's part of a wish. */
export const phaseOf = (wish: ReleaseWish): Pick<Draft, "noReleasePhase"> => ({
  noReleasePhase: wish.noReleasePhase === true,
});

/** What a release takes over from another one, beside config. */
export const contentOf = ({
  buildId,
  image,
  commit,
  processTypes,
  healthChecks,
  cron,
}: Release): ReleaseContent => ({ buildId, image, commit, processTypes, healthChecks, cron });

type ReleaseContent = Pick<Draft, "buildId" | "image" | "commit" | "processTypes" | "healthChecks" | "cron">;

export const noContent: ReleaseContent = {
  buildId: null,
  image: null,
  commit: null,
  processTypes: {},
  healthChecks: {},
  cron: [],
};

/** The ledger shows whoever reads it that a release phase was left out. */
export const described = (text: string, wish: ReleaseWish): string =>
  wish.noReleasePhase ? `${text} (no release phase)` : text;

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
