import type { Readable } from "node:stream";
import type { Config } from "../../../core/env";
import { openBuildConfig } from "../../actions/builds/build-config";
import { openSource } from "../../actions/builds/open-source";
import type { Context } from "../../actions/context";

/** What the builder fetches for a build. Each is null unless the token is that build's own. */
export interface BuildSources {
  /** The archive of a build's source. */
  openSource(buildId: string, token: string): Promise<Readable | null>;
  /** What a build may know. */
  openBuildConfig(buildId: string, token: string): Promise<Config | null>;
}

export const buildSourcesOf = (ctx: Context): BuildSources => ({
  openSource: (...args) => openSource(ctx, ...args),
  openBuildConfig: (...args) => openBuildConfig(ctx, ...args),
});
