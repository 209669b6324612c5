import { appHostname } from "../../core/route";
import type { PlatformStatus } from "../../core/wire";
import { authenticate } from "../actions/authenticate";
import type { Context } from "../actions/context";
import { createApp } from "../actions/create-app";
import { destroyApp } from "../actions/destroy-app";
import { addDomain, removeDomain } from "../actions/domains";
import { followBuild, followRelease, urlOf } from "../actions/follow";
import { listInstances } from "../actions/list-instances";
import { openSource } from "../actions/open-source";
import { rollback } from "../actions/rollback";
import { runOnce } from "../actions/run-once";
import { scale } from "../actions/scale";
import { readConfig, setConfig } from "../actions/set-config";
import { createToken, revokeToken } from "../actions/tokens";
import type { LogWish, Platform } from "./platform";

/** Binds what the API asks of the platform to the actions and the store. */
export function platformOf(ctx: Context): Platform {
  const { store } = ctx;
  return {
    id: ctx.platformId,
    version: ctx.version,
    urlOf: (hostname) => urlOf(ctx, hostname),
    hostnameOf: (app) => appHostname(app.name, ctx.settings.domain),
    gitUrlOf: (app) => `${apiOrigin(ctx)}/git/${app.name}.git`,

    authenticate: (token) => authenticate(ctx, token),
    status: () => status(ctx),

    listApps: () => store.apps.list(),
    findApp: (name) => store.apps.byName(name),
    createApp: (actor, name) => createApp(ctx, actor, name),
    destroyApp: (actor, app) => destroyApp(ctx, actor, app),

    readConfig: (app) => readConfig(ctx, app),
    setConfig: (actor, app, changes) => setConfig(ctx, actor, app, changes),

    listReleases: (app, limit) => store.releases.list(app.id, limit),
    findRelease: (app, version) => store.releases.byVersion(app.id, version),
    currentRelease: (app) => store.releases.current(app.id),
    rollback: (actor, app, version) => rollback(ctx, actor, app, version),
    followRelease: (app, version, signal) => followRelease(ctx, app, version, signal),

    scale: (actor, app, words) => scale(ctx, actor, app, words),
    listInstances: (app) => listInstances(ctx, app),
    readLogs: (app, wish, signal) => readLogs(ctx, app.id, wish, signal),

    listDomains: (app) => store.domains.list(app.id),
    addDomain: async (actor, app, hostname) => {
      await addDomain(ctx, actor, app, hostname);
    },
    removeDomain: (actor, app, hostname) => removeDomain(ctx, actor, app, hostname),

    listBuilds: (app, limit) => store.builds.list(app.id, limit),
    findBuild: async (app, id) => {
      const build = await store.builds.byId(id);
      return build?.appId === app.id ? build : null;
    },
    followBuild: (build, signal) => followBuild(ctx, build, signal),
    openSource: (buildId, token) => openSource(ctx, buildId, token),

    runOnce: (actor, app, start) => runOnce(ctx, actor, app, start),

    listTokens: () => store.tokens.list(),
    createToken: (actor, wish) => createToken(ctx, actor, wish),
    revokeToken: (actor, id) => revokeToken(ctx, actor, id),
  };
}

function apiOrigin({ settings }: Context): string {
  const host =
    settings.bind === "0.0.0.0" || settings.bind === "::" ? `paas.${settings.domain}` : settings.bind;
  return `http://${host.includes(":") ? `[${host}]` : host}:${settings.apiPort}`;
}

async function* readLogs(
  ctx: Context,
  appId: string,
  wish: LogWish,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const options = { lines: wish.lines, filter: wish.filter };
  if (wish.tail) yield* ctx.logs.tail(appId, { ...options, signal });
  else yield* await ctx.logs.read(appId, options);
}

async function status(ctx: Context): Promise<PlatformStatus> {
  const [apps, engine, table] = await Promise.all([
    ctx.store.apps.list(),
    ctx.engine.version(),
    ctx.store.routes.table(ctx.settings.domain),
  ]);
  return {
    version: ctx.version,
    platform: ctx.platformId,
    apps: apps.length,
    engine,
    routers: ctx.publisher.live().map(({ routerId, version }) => ({ routerId, version })),
    tableVersion: table.version,
  };
}
