import type { PlatformStatus } from "../../../core/wire";
import type { Context } from "../../actions/context";

/** Which platform answers, and how it is. */
export interface Status {
  readonly id: string;
  readonly version: string;
  status(): Promise<PlatformStatus>;
}

export const statusOf = (ctx: Context): Status => ({
  id: ctx.platformId,
  version: ctx.version,
  status: async () => ({
    version: ctx.version,
    platform: ctx.platformId,
    apps: (await ctx.store.apps.list()).length,
    engine: await ctx.engine.version(),
    routers: ctx.routers.live().map(({ routerId, version }) => ({ routerId, version })),
    tableVersion: await ctx.store.routes.version(),
  }),
});
