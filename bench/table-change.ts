import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { pino } from "pino";
import { dataPaths } from "../core/data-paths";
import { Sensitive } from "../core/env";
import { type Keys, keysFor } from "../core/keys";
import { redisOptions } from "../core/redis-url";
import type { RouteTable, TableChange } from "../core/route-table";
import { OwnCounts } from "../router/admission/client-counts";
import { KnownTable } from "../router/known-table";
import { OwnSeats } from "../router/seats/own-seats";
import { SeatDesk } from "../router/seats/seat-desk";
import { Snapshot } from "../router/snapshot";
import { TableFeed } from "../router/table-feed";
import { Certificates } from "../router/tls/certificates";
import { Worker } from "../router/worker";
import { Routers } from "../server/routes/routers";
import { TablePublisher } from "../server/routes/table-publisher";
import { Routing } from "../server/scheduler/routing";
import { Cipher } from "../server/store/cipher";
import { openDatabase } from "../server/store/database";
import { migrate } from "../server/store/migrate";
import { openStore, type Store } from "../server/store/store";
import { FakeWorld } from "../test/fakes/engine-world";
import { withCleanup } from "./cleanup";
import type { BenchOptions } from "./main";
import { startPlatform } from "./platform";
import { makeFleet } from "./reconcile/fleet";
import { newDatabase } from "./reconcile/new-database";
import type { Report } from "./report";
import { median, p99, rounded } from "./stats";
import { startRouter } from "./table-change/router";

const apps = 10_000;
/** The first ones meet code that is not compiled yet. */
const warmUps = 20;
const domain = "localhost";
const takeLimitMs = 10_000;

type Defer = (undo: () => Promise<unknown>) => void;
type Stage = "server" | "primary" | "worker" | "all";

/**
 * What a change of one app costs where there are 10,000, with two instances each: the server (ledger and Redis), the router's primary (checks
 * it, keeps it on disk), each worker (until it has reported), and all of it, from the change until a router of two workers has
 * acknowledged it. Real PostgreSQL, Redis and router.
 */
export function benchTableChange({ runs, env, say }: BenchOptions): Promise<Report> {
  return withCleanup(async (defer) => {
    say("Starting a platform for its databases");
    const platform = await startPlatform(env);
    defer(platform.stop);
    const paths = dataPaths(platform.dataDir);
    const read = async (path: string) => (await readFile(path, "utf8")).trim();
    const redisUrl = await read(paths.redisUrl);
    say(`${apps} apps`);
    const store = await openFleet(await newDatabase(await read(paths.databaseUrl), "tables"), defer);
    const rig = await openRig(store, redisUrl, defer);
    const times: Record<Stage, number[]> = { server: [], primary: [], worker: [], all: [] };
    for (let turn = 0; turn < warmUps + runs; turn += 1) {
      const took = await rig.change(turn);
      if (turn >= warmUps) for (const [stage, ms] of Object.entries(took)) times[stage as Stage].push(ms);
    }
    return reportOf(times);
  });
}

async function openFleet(databaseUrl: string, defer: Defer): Promise<Store> {
  const database = openDatabase(databaseUrl, (error) => process.emitWarning(error.message));
  defer(() => database.close());
  await migrate(database);
  const store = openStore(database, new Cipher(new Sensitive("ab".repeat(32))));
  await makeFleet(store, new FakeWorld(), "tables", apps);
  return store;
}

interface Rig {
  /** Changes another app at each turn; milliseconds of each stage. */
  change(turn: number): Promise<Record<Stage, number>>;
}

async function openRig(store: Store, redisUrl: string, defer: Defer): Promise<Rig> {
  const platformId = `tables${process.pid}`;
  const keys = keysFor(platformId);
  const fail = (error: Error) => process.emitWarning(error.message);
  const routers = new Routers(redisUrl, keys, fail);
  defer(() => routers.close());
  const publisher = new TablePublisher(
    redisUrl,
    keys,
    async () => new Map(),
    () => undefined,
    fail,
  );
  defer(() => publisher.close());
  const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  const routing = new Routing(store, publisher, domain, boot, new Map());
  await startRouter(redisUrl, platformId, defer);
  await routers.open();
  // The first one publishes all. Nothing runs here that could be confirmed: all targets would be gone.
  await store.routes.touch();
  await routing.refresh("");
  const table = await store.routes.table(domain);
  const [primary, worker] = [await openPrimary(redisUrl, keys, table, defer), openWorker(table)];
  const ids = Object.keys(table.apps);
  let from = table.version;
  return {
    change: async (turn) => {
      const id = ids[(turn * 37) % ids.length] ?? "";
      const targets = [...(table.apps[id]?.targets ?? [])].reverse();
      const begun = performance.now();
      const version = await routing.setRotation(id, "serve", turn % 2 === 0 ? targets : targets.slice(1));
      const server = performance.now() - begun;
      if (!(await routers.waitAcknowledged(version, takeLimitMs))) throw new Error("the table was not taken");
      const all = performance.now() - begun;
      const app = await store.routes.appRoute(id, domain);
      const news: TableChange = { from, version, apps: { [id]: app } };
      from = version;
      return { server, all, primary: await primary(JSON.stringify(news)), worker: worker(news) };
    },
  };
}

/** What the primary does with news of a change, but for giving it to workers. */
async function openPrimary(redisUrl: string, keys: Keys, whole: RouteTable, defer: Defer) {
  const folder = await mkdtemp(join(tmpdir(), "paas-bench-table-"));
  defer(() => rm(folder, { recursive: true, force: true }));
  const redis = new Redis(redisOptions(redisUrl));
  defer(async () => redis.disconnect());
  const table = new KnownTable();
  const snapshot = new Snapshot(join(folder, "table.jsonl"), "boot", table);
  const log = pino({ level: "silent" });
  const take = async (change: TableChange) => {
    if (!table.take(change)) return false;
    await snapshot.keep(change);
    return true;
  };
  const certificates = new Certificates({ directory: null, key: null, log });
  const feed = new TableFeed(redis, keys, { table, holds: () => true, take, certificates, log });
  const first = table.changeTo(whole);
  if (first) await take(first);
  return async (news: string): Promise<number> => {
    const begun = performance.now();
    if (!(await feed.hear(news))) throw new Error("the primary did not take a change");
    return performance.now() - begun;
  };
}

/** What a worker does with a change, until it has told that it routes by it. */
function openWorker(whole: RouteTable) {
  const log = pino({ level: "silent" });
  const worker = new Worker({
    settings: {
      host: "127.0.0.1",
      httpPort: 0,
      platform: undefined,
      workers: 2,
      http2Streams: 100,
      trustedProxies: [],
      proxyProtocol: [],
      secure: undefined,
    },
    certificates: new Certificates({ directory: null, key: null, log }),
    counts: new OwnCounts(() => performance.now()),
    seats: new OwnSeats(new SeatDesk(Math.random)),
    httpsPatienceMs: 0,
    log: () => undefined,
    onNews: () => undefined,
    logger: log,
  });
  const known = new KnownTable();
  const first = known.changeTo(whole);
  if (first) worker.take(first);
  return (change: TableChange): number => {
    const begun = performance.now();
    if (!worker.take(change)) throw new Error("the worker did not take a change");
    worker.report();
    return performance.now() - begun;
  };
}

function reportOf(times: Record<Stage, number[]>): Report {
  const words: Record<Stage, string> = {
    server: "server: ledger and Redis",
    primary: "router's primary: check, keep on disk",
    worker: "each worker: take and report (goal: 5)",
    all: "from the change to the acknowledgement",
  };
  const stages = Object.keys(words) as Stage[];
  return {
    table: [
      [`a change of one of ${apps} apps, ms`, "median", "p99"],
      ...stages.map((stage) => [
        words[stage],
        String(rounded(median(times[stage]), 2)),
        String(rounded(p99(times[stage]), 2)),
      ]),
    ],
    figures: {
      bench: "table-change",
      apps,
      ...Object.fromEntries(
        stages.flatMap((stage) => [
          [`${stage}Ms`, rounded(median(times[stage]), 2)],
          [`${stage}P99Ms`, rounded(p99(times[stage]), 2)],
        ]),
      ),
    },
  };
}
