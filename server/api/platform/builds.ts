import type { App } from "../../../core/app";
import type { Build } from "../../../core/build";
import type { Actor } from "../../../core/policy";
import type { Release } from "../../../core/release";
import { attachBuild } from "../../actions/builds/attach-build";
import type { Wait } from "../../actions/builds/build-line";
import { cancelBuild } from "../../actions/builds/cancel-build";
import { rebuild } from "../../actions/builds/rebuild";
import type { Context } from "../../actions/context";
import { followBuild } from "../../actions/deploys/follow";

/** An app's builds: those that were, the ones under way and the ones in line. */
export interface Builds {
  /** Newest first. */
  listBuilds(app: App, limit: number): Promise<Build[]>;
  findBuild(app: App, id: string): Promise<Build | null>;
  /** Null for one that does not wait for its turn. */
  waitOf(build: Build): Wait | null;
  /** The release that a build made. */
  releaseOf(build: Build): Promise<Release | null>;
  /** Chunks of output; ends with the build. */
  followBuild(build: Build, signal: AbortSignal): AsyncIterable<string>;
  /** What the pusher reads; ends with the release. */
  attachBuild(app: App, build: Build, signal: AbortSignal): AsyncIterable<string>;
  /** Of what runs, or of what a build was of. */
  rebuild(actor: Actor, app: App, named: Build | null): Promise<Build>;
  /** Throws `conflict` when it has ended. */
  cancelBuild(actor: Actor, app: App, build: Build): Promise<Build>;
}

export const buildsOf = (ctx: Context): Builds => ({
  listBuilds: (app, limit) => ctx.store.builds.list(app.id, limit),
  async findBuild(app, id) {
    const build = await ctx.store.builds.byId(id);
    return build?.appId === app.id ? build : null;
  },
  waitOf: ({ id }) => ctx.deploys.line.waitOf(id),
  releaseOf: ({ id }) => ctx.store.releases.ofBuild(id),
  followBuild: (...args) => followBuild(ctx, ...args),
  attachBuild: (...args) => attachBuild(ctx, ...args),
  rebuild: (...args) => rebuild(ctx, ...args),
  cancelBuild: (...args) => cancelBuild(ctx, ...args),
});
