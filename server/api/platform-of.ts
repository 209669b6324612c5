import { appHostname } from "../../core/route";
import { attachBuild } from "../actions/attach-build";
import { authenticate } from "../actions/authenticate";
import { readAutomatic, setAutomatic } from "../actions/automatic-certificates";
import { bakeOf, listBakes, noticeOf, setBake } from "../actions/bake";
import { openBuildConfig, setBuildConfig } from "../actions/build-config";
import { setBuildpacks, setBuildSettings } from "../actions/build-settings";
import { cancelBuild } from "../actions/cancel-build";
import { platformHolder } from "../actions/certificate-holder";
import { addCertificate, listCertificates, removeCertificate, setTlsPolicy } from "../actions/certificates";
import { collectGarbage } from "../actions/collect-garbage";
import { followCommand } from "../actions/command-output";
import { compareReleases } from "../actions/compare-releases";
import type { Context } from "../actions/context";
import { createApp } from "../actions/create-app";
import { listCron, runCron } from "../actions/cron";
import { deployImage } from "../actions/deploy-image";
import { destroyApp } from "../actions/destroy-app";
import { examine, fixPlatform } from "../actions/doctor";
import { addDomain, removeDomain } from "../actions/domains";
import { followBuild, followRelease } from "../actions/follow";
import { setHttp, setHttpUser, setMaintenance } from "../actions/http";
import { limit, readLimits } from "../actions/limit";
import { listInstances } from "../actions/list-instances";
import { openSource } from "../actions/open-source";
import { promote, promotionOf } from "../actions/promote";
import { readReceipt } from "../actions/read-receipt";
import { receiveUpload } from "../actions/receive-upload";
import { restart } from "../actions/restart";
import { retry } from "../actions/retry";
import { rollback } from "../actions/rollback";
import { runDetached, runOnce, stopRun } from "../actions/run-once";
import { scale } from "../actions/scale";
import { readConfig, setConfig } from "../actions/set-config";
import { setDrain } from "../actions/set-drain";
import { settle } from "../actions/settle";
import { stop } from "../actions/stop";
import { createToken, revokeToken } from "../actions/tokens";
import { urlsOf } from "../actions/url";
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
