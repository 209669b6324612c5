import type { App } from "../../../core/app";
import { type Config, changeConfig, checkUnset, emptyConfig } from "../../../core/env";
import { invalid } from "../../../core/error";
import type { Actor } from "../../../core/policy";
import type { Release } from "../../../core/release";
import type { Context } from "../context";
import { contentOf, createRelease, described, noContent, phaseOf, type ReleaseWish } from "./release-line";

/** Config of the newest release that did not fail: the app's config. */
export async function readConfig(ctx: Context, app: App): Promise<Config> {
  const current = await ctx.store.releases.current(app.id);
  return current ? ctx.store.releases.readConfig(current.id) : emptyConfig();
}

export interface ConfigChange {
  release: Release;
  /** All was so already: the release is the newest one, and nothing restarts. */
  unchanged: boolean;
}

/** All changes of one call make one release, with the image of the last proven one; null unsets. Waits for a pending release. */
export async function setConfig(
  ctx: Context,
  actor: Actor,
  app: App,
  changes: Record<string, string | null>,
  wish: ReleaseWish = {},
): Promise<ConfigChange> {
  if (Object.keys(changes).length === 0) throw invalid("Nothing to set: write paas config:set NAME=value.");
  changeConfig(emptyConfig(), changes);
  const newest = await ctx.store.releases.current(app.id);
  if (newest && hasAll(await ctx.store.releases.readConfig(newest.id), changes))
    return { release: newest, unchanged: true };
  const release = await createRelease(ctx, app.id, (current, config) => {
    checkUnset(config, changes);
    return {
      ...(current ? contentOf(current) : noContent),
      ref: null,
      config: changeConfig(config, changes),
      reason: "config",
      description: described(describe(changes), wish),
      ...phaseOf(wish),
      actor: actor.name,
    };
  });
  return { release, unchanged: false };
}

function hasAll(config: Config, changes: Record<string, string | null>): boolean {
  const now = config.reveal();
  return Object.entries(changes).every(([name, value]) => value !== null && now[name] === value);
}

function describe(changes: Record<string, string | null>): string {
  const names = (unset: boolean) =>
    Object.keys(changes)
      .filter((name) => (changes[name] === null) === unset)
      .sort()
      .join(", ");
  const parts = [names(false) && `Set ${names(false)}`, names(true) && `Unset ${names(true)}`].filter(
    Boolean,
  );
  return `${parts.join(", ")} config vars`;
}
