import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { Sensitive } from "../../core/env";
import { keysFor } from "../../core/keys";
import { AppLogs } from "../../server/logs/app-logs";
import { LogCollector } from "../../server/logs/collector";
import { Routers } from "../../server/routes/routers";
import { TablePublisher } from "../../server/routes/table-publisher";
import { Clock } from "../../server/scheduler/clock";
import { unsettledApps } from "../../server/scheduler/full-pass";
import { Health } from "../../server/scheduler/health";
import { OneOffs } from "../../server/scheduler/one-offs/one-offs";
import { Routing } from "../../server/scheduler/routing";
import { Runner } from "../../server/scheduler/runner";
import type { World } from "../../server/scheduler/world";
import { Cipher } from "../../server/store/cipher";
import { type Database, openDatabase } from "../../server/store/database";
import { migrate } from "../../server/store/migrate";
import { openStore } from "../../server/store/store";
import { FakeEngine } from "../../test/fakes/engine";
import { FakeImages, FakeNetworks } from "../../test/fakes/engine-networks";
import { FakeWorld } from "../../test/fakes/engine-world";
import { withCleanup } from "../cleanup";
import { CountedDatabase } from "./counted-database";
import { makeFleet } from "./fleet";
import { startStandInRouter } from "./stand-in-router";

export interface Databases {
  databaseUrl: string;
  redisUrl: string;
}

/** What something took. */
export interface Cost {
  ms: number;
  statements: number;
}

/** The scheduler's own parts over a fleet of apps that are as they should be. */
export interface Rig {
  /** One full pass over all apps. Throws when it finds an app that is not as it should be. */
  pass(): Promise<Cost>;
  /** One nudge of one app, to its end. */
  nudge(appId: string): Promise<Cost>;
  appIds: string[];
}

type Defer = (undo: () => Promise<unknown>) => void;

/** Fills an empty PostgreSQL database and a fake engine with `size` apps, and hands them to `act`. A real Redis carries tables and reports. */
export function withRig<T>(at: Databases, size: number, act: (rig: Rig) => Promise<T>): Promise<T> {
  return withCleanup(async (defer) => {
    const database = new CountedDatabase(
      openDatabase(at.databaseUrl, (error) => process.emitWarning(error.message)),
    );
    defer(() => database.close());
    const world = await assemble(database, at.redisUrl, defer);
    const apps = await makeFleet(world.store, world.engine.world, world.platformId, size);
    const ids = [...world.engine.world.containers].map(({ id }) => id);
    const router = await startStandInRouter(at.redisUrl, keysFor(world.platformId), ids);
    defer(async () => router.stop());
    await world.routers.open();
    const health = new Health(world, () => undefined);
    defer(() => health.close());
    return act(
      rigOf(
        world,
        health,
        database,
        apps.map(({ id }) => id),
      ),
    );
  });
}

function rigOf(world: World, health: Health, database: CountedDatabase, appIds: string[]): Rig {
  const cost = async (work: () => Promise<void>): Promise<Cost> => {
    const [before, started] = [database.statements, performance.now()];
    await work();
    return { ms: performance.now() - started, statements: database.statements - before };
  };
  return {
    appIds,
    pass: () =>
      cost(async () => {
        const unsettled = await unsettledApps(world, health);
        if (unsettled.length > 0) throw new Error(`${unsettled.length} apps are not as they should be`);
      }),
    nudge: (appId) => cost(() => new Runner(world, health, appId).settled()),
  };
}

type RigWorld = World & { engine: FakeEngine };

async function assemble(database: Database, redisUrl: string, defer: Defer): Promise<RigWorld> {
  await migrate(database);
  const store = openStore(database, new Cipher(new Sensitive("ab".repeat(32))));
  const folder = await mkdtemp(join(tmpdir(), "paas-reconcile-"));
  defer(() => rm(folder, { recursive: true, force: true }));
  const platformId = `fleet${process.pid}`;
  const engine = new FakeEngine(platformId, new FakeWorld());
  const log = pino({ level: "silent" });
  const logs = new AppLogs(join(folder, "logs"));
  const collector = new LogCollector(engine, logs, () => undefined);
  const ignored = () => undefined;
  const keys = keysFor(platformId);
  const routers = new Routers(redisUrl, keys, ignored);
  defer(() => routers.close());
  const publisher = new TablePublisher(redisUrl, keys, async () => new Map(), ignored, ignored);
  defer(() => publisher.close());
  return {
    store,
    engine,
    networks: new FakeNetworks(platformId, engine.world),
    images: new FakeImages(platformId, engine.world),
    routers,
    routing: new Routing(store, publisher, "localhost", "boot", new Map()),
    collector,
    logs,
    refs: { prepare: async () => {}, commit: async () => {}, abort: async () => {}, retract: async () => {} },
    oneOffs: new OneOffs({
      runs: store.runs,
      schedules: store.schedules,
      engine,
      collector,
      logs,
      log,
      now: Date.now,
    }),
    log,
    platformId,
    keptReleases: 10,
    clock: new Clock(new Date()),
    now: Date.now,
  };
}
