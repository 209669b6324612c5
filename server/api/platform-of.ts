import { appHostname } from "../../core/route";
import { authenticate } from "../actions/access/authenticate";
import { createToken, revokeToken } from "../actions/access/tokens";
import { createApp } from "../actions/apps/create-app";
import { destroyApp } from "../actions/apps/destroy-app";
import { attachBuild } from "../actions/builds/attach-build";
import { openBuildConfig, setBuildConfig } from "../actions/builds/build-config";
import { setBuildpacks, setBuildSettings } from "../actions/builds/build-settings";
import { cancelBuild } from "../actions/builds/cancel-build";
import { openSource } from "../actions/builds/open-source";
import { receiveUpload } from "../actions/builds/receive-upload";
import type { Context } from "../actions/context";
import { deployImage } from "../actions/deploys/deploy-image";
import { followBuild, followRelease } from "../actions/deploys/follow";
import { examine, fixPlatform } from "../actions/doctor/doctor";
import { collectGarbage } from "../actions/garbage/collect-garbage";
import { readAutomatic, setAutomatic } from "../actions/http/automatic-certificates";
import { platformHolder } from "../actions/http/certificate-holder";
import {
  addCertificate,
  listCertificates,
  removeCertificate,
  setTlsPolicy,
} from "../actions/http/certificates";
import { addDomain, removeDomain } from "../actions/http/domains";
import { setHttp, setHttpUser, setMaintenance } from "../actions/http/http";
import { urlsOf } from "../actions/http/url";
import { listCron, runCron } from "../actions/processes/cron";
import { limit, readLimits } from "../actions/processes/limit";
import { listInstances } from "../actions/processes/list-instances";
import { restart } from "../actions/processes/restart";
import { runDetached, runOnce, stopRun } from "../actions/processes/run-once";
import { scale } from "../actions/processes/scale";
import { setDrain } from "../actions/processes/set-drain";
import { settle } from "../actions/processes/settle";
import { stop } from "../actions/processes/stop";
import { bakeOf, listBakes, noticeOf, setBake } from "../actions/releases/bake";
import { followCommand } from "../actions/releases/command-output";
import { compareReleases } from "../actions/releases/compare-releases";
import { promote, promotionOf } from "../actions/releases/promote";
import { readReceipt } from "../actions/releases/read-receipt";
import { retry } from "../actions/releases/retry";
import { rollback } from "../actions/releases/rollback";
import { readConfig, setConfig } from "../actions/releases/set-config";
import type { Platform } from "./platform";
import { readLogs } from "./read-logs";

/** Binds what the API asks for to the actions, and its plain reads to the store. */
export function platformOf(ctx: Context): Platform {
  const { store, settings } = ctx;
  return {
    id: ctx.platformId,
    version: ctx.version,
    urlsOf: (hosts) => urlsOf(ctx, hosts),
    hostnameOf: (app) => appHostname(app.name, settings.domain),
    gitUrlOf: (app) => `${apiOrigin(settings.bind, settings.apiPort)}/git/${app.name}.git`,
    authenticate: (token) => authenticate(ctx, token),
    status: async () => ({
      version: ctx.version,
      platform: ctx.platformId,
      apps: (await store.apps.list()).length,
      engine: await ctx.engine.version(),
      routers: ctx.routers.live().map(({ routerId, version }) => ({ routerId, version })),
      tableVersion: await store.routes.version(),
    }),
    examine: () => examine(ctx),
    fix: (actor) => fixPlatform(ctx, actor),
    collectGarbage: (dryRun) => collectGarbage(ctx, dryRun),
    readRouter: () => ctx.routerAdmin.view(),
    readMetrics: () => ctx.routerAdmin.metrics(),
    metricsText: () => ctx.routerAdmin.metricsText(),
    reloadRouter: () => ctx.routerAdmin.reload(),
    listApps: () => store.apps.list(),
    findApp: (name) => store.apps.byName(name),
    createApp: (...args) => createApp(ctx, ...args),
    destroyApp: (...args) => destroyApp(ctx, ...args),
    readConfig: (app) => readConfig(ctx, app),
    setConfig: (...args) => setConfig(ctx, ...args),
    readBuildSettings: (app) => store.buildSettings.read(app.id),
    setBuildSettings: (...args) => setBuildSettings(ctx, ...args),
    setBuildpacks: (...args) => setBuildpacks(ctx, ...args),
    readBuildConfig: (app) => store.buildConfigs.read(app.id),
    setBuildConfig: (...args) => setBuildConfig(ctx, ...args),
    openBuildConfig: (...args) => openBuildConfig(ctx, ...args),
    listReleases: (app, limit) => store.releases.list(app.id, limit),
    findRelease: (app, version) => store.releases.byVersion(app.id, version),
    currentRelease: (app) => store.releases.current(app.id),
    currentReleases: (apps) => store.releases.currentOf(apps.map(({ id }) => id)),
    receiptOf: (release) => readReceipt(ctx, release),
    rollback: (...args) => rollback(ctx, ...args),
    retry: (...args) => retry(ctx, ...args),
    deployImage: (...args) => deployImage(ctx, ...args),
    receiveUpload: (...args) => receiveUpload(ctx, ...args),
    diffReleases: (from, to) => compareReleases(ctx, from, to),
    promotionOf: (...args) => promotionOf(ctx, ...args),
    promote: (...args) => promote(ctx, ...args),
    followRelease: (...args) => followRelease(ctx, ...args),
    followCommand: (...args) => followCommand(ctx, ...args),
    scale: (...args) => scale(ctx, ...args),
    setDrain: (...args) => setDrain(ctx, ...args),
    setBake: (...args) => setBake(ctx, ...args),
    listBakes: (...args) => listBakes(ctx, ...args),
    bakeOf: (release) => bakeOf(ctx, release),
    noticeOf: (...args) => noticeOf(ctx, ...args),
    restart: (...args) => restart(ctx, ...args),
    stop: (...args) => stop(ctx, ...args),
    settle: (...args) => settle(ctx, ...args),
    readLimits: (app) => readLimits(ctx, app),
    limit: (...args) => limit(ctx, ...args),
    listInstances: (app) => listInstances(store, app, new Date()),
    readLogs: (app, wish, signal) => readLogs(ctx.logs, app, wish, signal),
    listDomains: (app) => store.domains.list(app.id),
    addDomain: (...args) => addDomain(ctx, ...args),
    removeDomain: (...args) => removeDomain(ctx, ...args),
    certificateHolder: () => platformHolder(ctx),
    listCertificates: (holder) => listCertificates(ctx, holder),
    addCertificate: (...args) => addCertificate(ctx, ...args),
    removeCertificate: (...args) => removeCertificate(ctx, ...args),
    readAutomatic: (holder) => readAutomatic(ctx, holder),
    setAutomatic: (...args) => setAutomatic(ctx, ...args),
    setTlsPolicy: (...args) => setTlsPolicy(ctx, ...args),
    readHttp: (app) => store.httpSettings.read(app.id),
    listPages: (app) => store.httpPages.of(app.id),
    setHttp: (...args) => setHttp(ctx, ...args),
    setHttpUser: (...args) => setHttpUser(ctx, ...args),
    setMaintenance: (...args) => setMaintenance(ctx, ...args),
    listBuilds: (app, limit) => store.builds.list(app.id, limit),
    async findBuild(app, id) {
      const build = await store.builds.byId(id);
      return build?.appId === app.id ? build : null;
    },
    waitOf: ({ id }) => ctx.deploys.line.waitOf(id),
    releaseOf: ({ id }) => store.releases.ofBuild(id),
    attachBuild: (...args) => attachBuild(ctx, ...args),
    cancelBuild: (...args) => cancelBuild(ctx, ...args),
    followBuild: (build, signal) => followBuild(ctx, build, signal),
    openSource: (...args) => openSource(ctx, ...args),
    openRuns: (app) => store.runs.open(app.id),
    listRuns: (app, limit) => store.runs.list(app.id, limit),
    runDetached: (...args) => runDetached(ctx, ...args),
    stopRun: (app, name) => stopRun(ctx, app, name),
    listCron: (app) => listCron(ctx, app, new Date()),
    runCron: (...args) => runCron(ctx, ...args),
    runOnce: (...args) => runOnce(ctx, ...args),
    listTokens: () => store.tokens.list(),
    createToken: (...args) => createToken(ctx, ...args),
    revokeToken: (...args) => revokeToken(ctx, ...args),
  };
}

/** Where the API is reached from this machine, whatever it listens on. */
function apiOrigin(bind: string, apiPort: number): string {
  const address = bind === "0.0.0.0" ? "127.0.0.1" : bind === "::" ? "::1" : bind;
  return `http://${address.includes(":") ? `[${address}]` : address}:${apiPort}`;
}
