import type { App } from "../../../core/app";
import type { BuildSettings } from "../../../core/build-settings";
import type { BuildpackWish } from "../../../core/buildpack-list";
import type { Actor } from "../../../core/policy";
import { setBuildpacks, setBuildSettings } from "../../actions/builds/build-settings";
import type { Context } from "../../actions/context";

/** How an app is built: its root, its Dockerfile, its buildpacks. */
export interface BuildSettingsOfApps {
  readBuildSettings(app: App): Promise<BuildSettings>;
  setBuildSettings(
    actor: Actor,
    app: App,
    wishes: BuildSettings,
  ): Promise<{ settings: BuildSettings; previous: BuildSettings }>;
  setBuildpacks(
    actor: Actor,
    app: App,
    wish: BuildpackWish,
  ): Promise<{ buildpacks: string[]; previous: string[] }>;
}

export const buildSettingsOf = (ctx: Context): BuildSettingsOfApps => ({
  readBuildSettings: (app) => ctx.store.buildSettings.read(app.id),
  setBuildSettings: (...args) => setBuildSettings(ctx, ...args),
  setBuildpacks: (...args) => setBuildpacks(ctx, ...args),
});
