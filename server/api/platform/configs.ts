import type { App } from "../../../core/app";
import type { Config } from "../../../core/env";
import type { Actor } from "../../../core/policy";
import { setBuildConfig } from "../../actions/builds/build-config";
import type { Context } from "../../actions/context";
import type { ReleaseWish } from "../../actions/releases/release-line";
import { type ConfigChange, readConfig, setConfig } from "../../actions/releases/set-config";

/** An app's config, and its build config. A change of null takes the var away. */
export interface Configs {
  readConfig(app: App): Promise<Config>;
  setConfig(
    actor: Actor,
    app: App,
    changes: Record<string, string | null>,
    wish: ReleaseWish,
  ): Promise<ConfigChange>;
  readBuildConfig(app: App): Promise<Config>;
  setBuildConfig(actor: Actor, app: App, changes: Record<string, string | null>): Promise<Config>;
}

export const configsOf = (ctx: Context): Configs => ({
  readConfig: (app) => readConfig(ctx, app),
  setConfig: (...args) => setConfig(ctx, ...args),
  readBuildConfig: (app) => ctx.store.buildConfigs.read(app.id),
  setBuildConfig: (...args) => setBuildConfig(ctx, ...args),
});
