import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { buildsAtOnceFor } from "../core/build";
import { dataPaths } from "../core/data-paths";
import { messageOf, PaasError } from "../core/error";
import { keysFor } from "../core/keys";
import type { Logger } from "../core/logger";
import type { Settings } from "../core/settings";
import { AcmeHttp } from "./acme/acme-http";
import { Renewals, type RenewalWorld } from "./acme/renewals";
import type { Context } from "./actions/context";
import { deployBuild } from "./actions/deploys/deploy-build";
import { LedgerRefs } from "./actions/deploys/deploy-refs";
import { Deploys } from "./actions/deploys/deploys";
import { openDockerEngine } from "./engines/open";
import type { Identity } from "./identity";
import { AppLogs } from "./logs/app-logs";
import { LogCollector } from "./logs/collector";
import { BuildQueue } from "./queue/build-queue";
import type { Repositories } from "./repositories/repositories";
import { RouterAdmin } from "./routes/router-admin";
import { Routers } from "./routes/routers";
import { TablePublisher } from "./routes/table-publisher";
import { Clock } from "./scheduler/clock";
import { OneOffs } from "./scheduler/one-offs/one-offs";
import { Routing } from "./scheduler/routing";
import { Scheduler } from "./scheduler/scheduler";
import type { World } from "./scheduler/world";
import { ledgerTime } from "./store/ledger-time";
import type { Store } from "./store/store";

const acknowledgeLimitMs = 10_000;

export interface Foundations {
  settings: Settings;
  identity: Identity;
  store: Store;
  repositories: Repositories;
  log: Logger;
}

/** Binds the parts of the control plane to one another; none of them acts yet. */
export async function assemble({
  settings,
  identity,
  store,
  repositories,
  log,
}: Foundations): Promise<Context> {
  const { platformId } = identity;
  const paths = dataPaths(settings.dataDir);
  const keys = keysFor(platformId);
  const redisUrl = identity.redisUrl.reveal();
  const redisTrouble = (error: Error) => log.warn({ err: error.message }, "Redis does not answer");
  const { engine, networks, images, buildCache } = openDockerEngine(
    settings.dockerHost,
    platformId,
    settings.addressPool,
    { appCgroup: settings.appCgroup },
  );
  await repositories.open();
  const logs = new AppLogs(paths.appLogs);
  const collector = new LogCollector(engine, logs, (source, error) =>
    log.warn(
      { app: source.appId, instance: source.place, err: messageOf(error) },
      "output cannot be read; trying again",
    ),
  );
  const routers = new Routers(redisUrl, keys, redisTrouble);
  const publisher = new TablePublisher(
    redisUrl,
    keys,
    (ids) => store.certificates.sealed(ids),
    () => republish(routing, log),
    redisTrouble,
  );
  const tlsChallenges = new Map<string, string>();
  const routing = new Routing(store, publisher, settings.domain, bootId(), tlsChallenges);
  const refs = new LedgerRefs(store, repositories, log);
  const { keptReleases } = settings;
  const buildsAtOnce = settings.buildsAtOnce ?? buildsAtOnceFor(availableParallelism());
  const clock = new Clock(await ledgerTime(store.database));
  const now = () => clock.now();
  const oneOffs = new OneOffs({
    runs: store.runs,
    schedules: store.schedules,
    engine,
    collector,
    logs,
    log,
    now,
  });
  const parts = { store, oneOffs, engine, networks, images, routers, routing, collector, logs, refs, log };
  const world: World = { ...parts, platformId, keptReleases, clock, now };
  const publishTable = async () => {
    const version = await routing.refresh(null);
    if (!(await routers.waitAcknowledged(version, acknowledgeLimitMs)))
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
    routers,
    routerAdmin: new RouterAdmin(paths.routerSocket),
    routing,
    logs,
    repositories,
    refs,
    scheduler: new Scheduler(world),
    renewals: openRenewals({ settings, store, tlsChallenges, publish: publishTable, log, now }),
    oneOffs,
    clock,
    deploys: new Deploys(store, log, settings.dataDir, buildsAtOnce, (build, signal, tellBuilt) =>
      deployBuild(ctx, build, signal, tellBuilt),
    ),
  };
  return ctx;
}

function openRenewals(
  parts: Pick<RenewalWorld, "store" | "tlsChallenges" | "publish" | "log" | "now"> & { settings: Settings },
): Renewals {
  const { settings, ...world } = parts;
  const { directoryUrl, email, caFile, dnsServer, challenge, dnsHook, dnsHookEnvironmentFile, dnsWaitMs } =
    settings.acme;
  const ownRoot = caFile === null ? null : readFileSync(caFile, "utf8");
  const dns = dnsHook !== null && {
    hook: dnsHook,
    hookEnvironmentFile: dnsHookEnvironmentFile,
    waitMs: dnsWaitMs,
    authorityPort: 53,
  };
  return new Renewals({
    ...world,
    http: new AcmeHttp(ownRoot, readVersion()),
    directoryUrl,
    email,
    dnsServer,
    challenge,
    dns: dns || null,
    platformDomain: settings.domain,
  });
}

function republish(routing: Routing, log: Logger): void {
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
