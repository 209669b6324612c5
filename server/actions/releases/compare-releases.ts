import type { Release } from "../../../core/release";
import { diffReleases, type ReleaseDiff } from "../../../core/release-diff";
import type { Context } from "../context";

/** What changed between two releases of an app, config values in clear. */
export async function compareReleases(ctx: Context, from: Release, to: Release): Promise<ReleaseDiff> {
  const [fromConfig, toConfig] = await Promise.all(
    [from, to].map(async ({ id }) => (await ctx.store.releases.readConfig(id)).reveal()),
  );
  return diffReleases({ ...from, config: fromConfig ?? {} }, { ...to, config: toConfig ?? {} });
}
