import type { App } from "../../core/app";
import { type BuildSettings, changeBuildSettings } from "../../core/build-settings";
import type { Actor } from "../../core/policy";
import type { Context } from "./context";

/** Changes what the app's next builds are told; see changeBuildSettings for how. */
export const setBuildSettings = (
  ctx: Context,
  actor: Actor,
  app: App,
  wishes: BuildSettings,
): Promise<{ settings: BuildSettings; previous: BuildSettings }> =>
  ctx.store.buildSettings.change(app.id, actor.name, (settings) => changeBuildSettings(settings, wishes));
