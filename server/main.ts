import type { Server } from "node:http";
import { homedir, networkInterfaces } from "node:os";
import { pino } from "pino";
import type { Build } from "../core/build";
import { dataPaths } from "../core/data-paths";
import { messageOf } from "../core/error";
import { readSettings } from "../core/settings";
import { authenticate } from "./actions/access/authenticate";
import { resumeDestroying } from "./actions/apps/destroy-app";
import { receivePush } from "./actions/builds/receive-push";
import type { Context } from "./actions/context";
import { reconcileRefs } from "./actions/deploys/deploy-refs";
import { scheduleGarbage } from "./actions/garbage/garbage-schedule";
import { OwnPages } from "./actions/http/own-pages";
import { startDue } from "./actions/processes/cron";
import { Upkeep } from "./actions/upkeep";
import { createApi } from "./api/create-api";
import { ContainerPeers } from "./api/peers/container-peers";
import { platformOf } from "./api/platform/platform";
import { assemble } from "./assemble";
import { replaceEnvironment } from "./environment";
import { gitRouter } from "./git/receiver";
import { type Identity, readIdentity } from "./identity";
import { collectAccessLines } from "./logs/access-lines";
import { Repositories } from "./repositories/repositories";
import { readAccess } from "./routes/access-feed";
import { CronLoop } from "./scheduler/cron/cron-loop";
import { Cipher } from "./store/cipher";
import { openDatabase } from "./store/database";
import { migrate } from "./store/migrate";
import { openStore, type Store } from "./store/store";

const log = pino({ base: { role: "server" } });

/** One server acts at a time: the holder of this advisory lock. */
const actingLock = 0x7061_6174;

/** The control plane. It announces itself to its supervisor when it takes pushes, and ends with it. */
async function main(): Promise<void> {
  const settings = readSettings(process.env, { uid: process.getuid?.() ?? -1, home: homedir() });
  const repositories = new Repositories(dataPaths(settings.dataDir).repositories);
  // No secret is left in it for children to inherit, and no library finds settings of its own there.
  replaceEnvironment(process.env, { ...repositories.inheritedEnvironment(), NODE_ENV: "production" });
  const identity = await readIdentity(settings);
  const store = await openLedger(identity);
  const ctx = await assemble({ settings, identity, store, repositories, log });
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
  const ownPages = new OwnPages(ctx);
  ownPages.start();
  const stopGarbage = scheduleGarbage(ctx);
  ctx.renewals.start();
  await resumeDestroying(ctx);
  log.info({ port: settings.apiPort, platform: ctx.platformId }, "taking pushes");
  process.send?.({ ready: true });
  const stop = () => {
    stopLogs.abort();
    upkeep.close();
    ownPages.close();
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

function quit(what: string, error: unknown): void {
  log.fatal({ err: messageOf(error) }, what);
  process.exit(1);
}

main().catch((error: unknown) => quit("the server cannot start", error));
