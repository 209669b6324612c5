import type { App } from "../../../core/app";
import { type BuildSettings, changeBuildSettings } from "../../../core/build-settings";
import { type BuildpackWish, changeBuildpacks } from "../../../core/buildpack-list";
import type { Actor } from "../../../core/policy";
import type { Context } from "../context";

/** Changes what the app's next builds are told; see changeBuildSettings for how. */
export const setBuildSettings = (
  ctx: Context,
  actor: Actor,
  app: App,
  wishes: BuildSettings,
): Promise<{ settings: BuildSettings; previous: BuildSettings }> =>
  ctx.store.buildSettings.change(app.id, actor.name, (settings) => changeBuildSettings(settings, wishes));

/** Changes which buildpacks the app's next builds use; see changeBuildpacks for how. */
export async function setBuildpacks(
  ctx: Context,
  actor: Actor,
  app: App,
  wish: BuildpackWish,
): Promise<{ buildpacks: string[]; previous: string[] }> {
  const { settings, previous } = await ctx.store.buildSettings.change(app.id, actor.name, (now) => ({
    ...now,
    buildpacks: changeBuildpacks(now.buildpacks ?? [], wish),
  }));
  return { buildpacks: settings.buildpacks ?? [], previous: previous.buildpacks ?? [] };
}
