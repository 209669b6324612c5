import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { availableParallelism, homedir, networkInterfaces } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { type Build, buildsAtOnceFor } from "../core/build";
import { dataPaths } from "../core/data-paths";
import { messageOf, PaasError } from "../core/error";
import { keysFor } from "../core/keys";
import { readSettings, type Settings } from "../core/settings";
import { AcmeHttp } from "./acme/acme-http";
import { Renewals } from "./acme/renewals";
import { authenticate } from "./actions/authenticate";
import type { Context } from "./actions/context";
import { startDue } from "./actions/cron";
import { deployBuild } from "./actions/deploy-build";
import { LedgerRefs, reconcileRefs } from "./actions/deploy-refs";
import { Deploys } from "./actions/deploys";
import { resumeDestroying } from "./actions/destroy-app";
import { scheduleGarbage } from "./actions/garbage-schedule";
import { receivePush } from "./actions/receive-push";
import { Upkeep } from "./actions/upkeep";
import { ContainerPeers } from "./api/container-peers";
import { createApi } from "./api/create-api";
import { platformOf } from "./api/platform-of";
import { openDockerEngine } from "./engines/open";
import { replaceEnvironment } from "./environment";
import { gitRouter } from "./git/receiver";
import { type Identity, readIdentity } from "./identity";
import { collectAccessLines } from "./logs/access-lines";
import { AppLogs } from "./logs/app-logs";
import { LogCollector } from "./logs/collector";
import { BuildQueue } from "./queue/build-queue";
import { Repositories } from "./repositories/repositories";
import { readAccess } from "./routes/access-feed";
import { RoutePublisher } from "./routes/publisher";
import { Clock } from "./scheduler/clock";
import { CronLoop } from "./scheduler/cron/cron-loop";
import { OneOffs } from "./scheduler/one-offs/one-offs";
import { Routing } from "./scheduler/routing";
import { Scheduler } from "./scheduler/scheduler";
import type { World } from "./scheduler/world";
import { Cipher } from "./store/cipher";
import { openDatabase } from "./store/database";
import { ledgerTime } from "./store/ledger-time";
import { migrate } from "./store/migrate";
import { openStore, type Store } from "./store/store";

const log = pino({ base: { role: "server" } });

/** One server acts at a time: the holder of this advisory lock. */
const actingLock = 0x7061_6174;
const acknowledgeLimitMs = 10_000;

/** The control plane. It announces itself to its supervisor when it takes pushes, and ends with it. */
async function main(): Promise<void> {
  const settings = readSettings(process.env, { uid: process.getuid?.() ?? -1, home: homedir() });
  const repositories = new Repositories(dataPaths(settings.dataDir).repositories);
  // No secret is left in it for children to inherit, and no library finds settings of its own there.
  replaceEnvironment(process.env, { ...repositories.inheritedEnvironment(), NODE_ENV: "production" });
  const identity = await readIdentity(settings);
  const store = await openLedger(identity);
  const ctx = await assemble(settings, identity, store, repositories);
  const stopLogs = new AbortController();
  const access = readAccess(identity.redisUrl.reveal(), ctx.keys, stopLogs.signal);
  const lines = collectAccessLines(
    access,
    ctx.logs,
    async (appId) => (await store.apps.byId(appId)) !== null,
    (app, count, error) => log.warn({ app, count, err: messageOf(error) }, "router lines were lost"),
  );
  lines.catch((error: unknown) => quit("router lines cannot be collected", error));
  const builds = await takeUp(ctx);
  const api = await listen(ctx);
  for (const build of builds) ctx.deploys.begin(build);
  ctx.queue
    .keepOnly(new Set(builds.map(({ id }) => id)))
    .catch((error: unknown) =>
      log.warn({ err: messageOf(error) }, "builds of the past could not be cancelled"),
    );
  const cron = new CronLoop({
    schedules: store.schedules,
    start: (...args) => startDue(ctx, ...args),
    logs: ctx.logs,
    log,
    now: () => ctx.clock.now(),
  });
  cron.start();
  const upkeep = new Upkeep(ctx);
  upkeep.start();
  const stopGarbage = scheduleGarbage(ctx);
  ctx.renewals.start();
  await resumeDestroying(ctx);
  log.info({ port: settings.apiPort, platform: ctx.platformId }, "taking pushes");
  process.send?.({ ready: true });
  const stop = () => {
    stopLogs.abort();
    upkeep.close();
    api.close();
    api.closeAllConnections();
    const closing = [
      stopGarbage(),
      cron.close(),
      ctx.renewals.close(),
      ctx.scheduler.close(),
      ctx.oneOffs.close(),
    ];
    Promise.all(closing).then(
      () => process.exit(0),
      (error: unknown) => quit("could not stop in order", error),
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  process.once("disconnect", stop);
}

async function openLedger(identity: Identity): Promise<Store> {
  const idle = (error: Error) => log.warn({ err: error.message }, "a database connection broke");
  const database = openDatabase(identity.databaseUrl.reveal(), idle);
  await database.holdLock(actingLock, (error) =>
    quit("another server may act now: the lock was lost", error),
  );
  await migrate(database);
  const store = openStore(database, new Cipher(identity.secretKey));
  if (identity.adminToken) await store.tokens.ensureAdmin(identity.adminToken.reveal());
  return store;
}

async function assemble(
  settings: Settings,
  identity: Identity,
  store: Store,
  repositories: Repositories,
): Promise<Context> {
  const { platformId } = identity;
  const paths = dataPaths(settings.dataDir);
  const keys = keysFor(platformId);
  const redisUrl = identity.redisUrl.reveal();
  const redisTrouble = (error: Error) => log.warn({ err: error.message }, "Redis does not answer");
  const { engine, networks, images, buildCache } = openDockerEngine(
    settings.dockerHost,
    platformId,
    settings.addressPool,
  );
  await repositories.open();
  const logs = new AppLogs(paths.appLogs);
  const collector = new LogCollector(engine, logs, (source, error) =>
    log.warn(
      { app: source.appId, instance: source.place, err: messageOf(error) },
      "output cannot be read; trying again",
    ),
  );
  const publisher = new RoutePublisher(
    redisUrl,
    keys,
    (ids) => store.certificates.sealed(ids),
    () => republish(routing),
    redisTrouble,
  );
  const routing = new Routing(store, publisher, settings.domain, bootId());
  const refs = new LedgerRefs(store, repositories, log);
  const { keptReleases } = settings;
  const buildsAtOnce = settings.buildsAtOnce ?? buildsAtOnceFor(availableParallelism());
  const clock = new Clock(await ledgerTime(store.database));
  const now = () => clock.now();
  const oneOffs = new OneOffs({ runs: store.runs, engine, collector, logs, log, now });
  const parts = { store, oneOffs, engine, networks, images, publisher, routing, collector, logs, refs, log };
  const world: World = { ...parts, platformId, keptReleases, clock, now };
  const publishTable = async () => {
    const version = await routing.refresh();
    if (!(await publisher.waitAcknowledged(version, acknowledgeLimitMs)))
      throw new PaasError("unavailable", "Not every router has taken the route table.");
  };
  const ctx: Context = {
    settings,
    platformId,
    version: readVersion(),
    keys,
    log,
    store,
    queue: new BuildQueue(redisUrl, keys, redisTrouble),
    engine,
    networks,
    images,
    buildCache,
    publisher,
    routing,
    logs,
    repositories,
    refs,
    scheduler: new Scheduler(world),
    renewals: openRenewals(settings, store, publishTable, now),
    oneOffs,
    clock,
    deploys: new Deploys(store, log, settings.dataDir, buildsAtOnce, (build, signal, tellBuilt) =>
      deployBuild(ctx, build, signal, tellBuilt),
    ),
  };
  return ctx;
}

function openRenewals(
  settings: Settings,
  store: Store,
  publish: () => Promise<void>,
  now: () => number,
): Renewals {
  const { directoryUrl, email, caFile, dnsServer } = settings.acme;
  const ownRoot = caFile === null ? null : readFileSync(caFile, "utf8");
  return new Renewals({
    store,
    http: new AcmeHttp(ownRoot, readVersion()),
    directoryUrl,
    email,
    dnsServer,
    platformDomain: settings.domain,
    publish,
    log,
    now,
  });
}

/** Makes refs, routes and containers agree with the ledger before anybody is let in; returns the builds to go on with. */
async function takeUp(ctx: Context): Promise<Build[]> {
  for (const app of await ctx.store.apps.list()) {
    await ctx.repositories.create(app.id);
    await ctx.repositories.removeStaleLocks(app.id);
  }
  await reconcileRefs(ctx.store, ctx.repositories, log);
  await ctx.scheduler.start();
  return ctx.deploys.takeUp();
}

async function listen(ctx: Context): Promise<Server> {
  const git = gitRouter({
    authenticate: (token) => authenticate(ctx, token),
    findApp: (name) => ctx.store.apps.byName(name),
    receive: (actor, app, updates, output, signal) => receivePush(ctx, actor, app, updates, output, signal),
    repositories: ctx.repositories,
    fault: (error) => log.error({ err: messageOf(error) }, "the git receiver failed"),
  });
  const { bind, apiPort, addressPool } = ctx.settings;
  const containers = new ContainerPeers({
    addressPool,
    interfaces: networkInterfaces,
    ranges: () => ctx.networks.ranges(),
    now: Date.now,
  });
  const api = createApi({ platform: platformOf(ctx), log, git, containers });
  await new Promise<void>((resolve, reject) => {
    api.once("error", reject);
    api.listen(apiPort, bind, resolve);
  });
  return api;
}

function republish(routing: Routing): void {
  routing
    .republish()
    .catch((error: unknown) => log.warn({ err: messageOf(error) }, "the route table could not be published"));
}

/** Which boot of the host this is: addresses of containers mean something within one only. */
const bootId = (): string => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

function readVersion(): string {
  const file = join(__dirname, "../../package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function quit(what: string, error: unknown): void {
  log.fatal({ err: messageOf(error) }, what);
  process.exit(1);
}

main().catch((error: unknown) => quit("the server cannot start", error));
