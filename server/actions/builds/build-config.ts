import type { App } from "../../../core/app";
import { type Config, changeConfig, checkUnset, emptyConfig } from "../../../core/env";
import { invalid } from "../../../core/error";
import type { Actor } from "../../../core/policy";
import type { Context } from "../context";
import { isBuildToken } from "./open-source";

/** Changes what the app's next builds get; null unsets. No release is made: what runs does not see it. */
export async function setBuildConfig(
  ctx: Context,
  actor: Actor,
  app: App,
  changes: Record<string, string | null>,
): Promise<Config> {
  const names = Object.keys(changes);
  if (names.length === 0) throw invalid("Nothing to set: write paas config:set --build NAME=value.");
  changeConfig(emptyConfig(), changes);
  return ctx.store.buildConfigs.change(app.id, actor.name, names, (config) => {
    checkUnset(config, changes);
    return changeConfig(config, changes);
  });
}

/** For whoever has the build's own token; null otherwise. */
export async function openBuildConfig(ctx: Context, buildId: string, token: string): Promise<Config | null> {
  if (!isBuildToken(ctx, buildId, token)) return null;
  const build = await ctx.store.builds.byId(buildId);
  return build ? ctx.store.buildConfigs.read(build.appId) : null;
}
