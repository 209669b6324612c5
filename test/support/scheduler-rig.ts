import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startStandInRouter } from "../../bench/reconcile/stand-in-router";
import type { App } from "../../core/app";
import { Sensitive } from "../../core/env";
import { newId } from "../../core/id";
import { keysFor } from "../../core/keys";
import type { Release } from "../../core/release";
import { AppLogs } from "../../server/logs/app-logs";
import { LogCollector } from "../../server/logs/collector";
import { Routers } from "../../server/routes/routers";
import { TablePublisher } from "../../server/routes/table-publisher";
import { Clock } from "../../server/scheduler/clock";
import { Health } from "../../server/scheduler/health";
import { OneOffs } from "../../server/scheduler/one-offs/one-offs";
import { Routing } from "../../server/scheduler/routing";
import { Runner } from "../../server/scheduler/runner";
import type { World } from "../../server/scheduler/world";
import type { Draft } from "../../server/store/release-draft";
import { FakeEngine } from "../fakes/engine";
import { FakeImages, FakeNetworks } from "../fakes/engine-networks";
import { FakeWorld } from "../fakes/engine-world";
import { TestDatabase } from "./database";
import { OwnRedis } from "./own-redis";

const image = { id: "image", ref: "shop:1", madeBy: "dockerfile", port: 5000 } as const;

/** The scheduler's parts with a real ledger and a fake engine, its clock in the test's hands. A stand-in router takes every table at once. */
export class SchedulerRig {
  readonly engine: FakeEngine;
  readonly #runners: Runner[] = [];
  aheadMs = 0;

  private constructor(
    readonly world: World & { engine: FakeEngine },
    readonly health: Health,
    readonly undo: (() => unknown)[],
  ) {
    this.engine = world.engine;
  }

  static async start(): Promise<SchedulerRig> {
    const redis = new OwnRedis();
    const [postgres] = await Promise.all([TestDatabase.start(), redis.start()]);
    const folder = mkdtempSync(join(tmpdir(), "paas-scheduler-"));
    const { store } = await postgres.openStore();
    const engine = new FakeEngine("rig", new FakeWorld());
    engine.world.images.set(image.id, { platformId: "rig", appId: "shop", ref: image.ref });
    const logs = new AppLogs(folder);
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const collector = new LogCollector(engine, logs, () => undefined);
    const routers = new Routers(redis.url, keysFor("rig"), () => {});
    const publisher = new TablePublisher(
      redis.url,
      keysFor("rig"),
      async () => new Map(),
      () => {},
      () => {},
    );
    const router = await startStandInRouter(redis.url, keysFor("rig"), []);
    await routers.open();
    const now = () => Date.now() + rig.aheadMs;
    const world: World & { engine: FakeEngine } = {
      store,
      engine,
      networks: new FakeNetworks("rig", engine.world),
      images: new FakeImages("rig", engine.world),
      routers,
      routing: new Routing(store, publisher, "localhost", "boot", new Map()),
      collector,
      logs,
      refs: {
        prepare: async () => {},
        commit: async () => {},
        abort: async () => {},
        retract: async () => {},
      },
      oneOffs: new OneOffs({
        runs: store.runs,
        schedules: store.schedules,
        engine,
        collector,
        logs,
        log,
        now,
      }),
      log,
      platformId: "rig",
      keptReleases: 10,
      clock: new Clock(new Date()),
      now,
    };
    const health = new Health(world, (appId) => rig.nudge(appId));
    const rig: SchedulerRig = new SchedulerRig(world, health, [
      () => rig.#closeRunners(),
      () => health.close(),
      () => collector.close(),
      () => publisher.close(),
      () => routers.close(),
      () => router.stop(),
      () => postgres.close(),
      () => redis.stop(),
      () => rmSync(folder, { recursive: true, force: true }),
    ]);
    return rig;
  }

  async close(): Promise<void> {
    for (const undo of this.undo) await undo();
  }

  #watched: Runner[] = [];
  nudge(_appId: string): void {
    for (const runner of this.#watched) runner.nudge();
  }

  async #closeRunners(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.close()));
  }

  runner(app: App): Runner {
    const runner = new Runner(this.world, this.health, app.id);
    this.#runners.push(runner);
    this.#watched = [runner];
    return runner;
  }

  app(): Promise<App> {
    return this.world.store.apps.create(`app-${newId(8)}`, "tester");
  }

  /** A pending release of an app. */
  release(app: App, processTypes: Record<string, string>, change: Partial<Draft> = {}): Promise<Release> {
    const types = Object.entries(processTypes).map(([type, command]) => [type, { command }]);
    const draft: Draft = {
      buildId: null,
      image,
      commit: null,
      ref: null,
      processTypes: Object.fromEntries(types),
      healthChecks: {},
      cron: [],
      config: new Sensitive({}),
      reason: "config",
      description: "Set A config vars",
      actor: "tester",
      ...change,
    };
    return this.world.store.releases.create(app.id, () => draft, { whenPending: "supersede" });
  }

  async now(release: Release): Promise<Release> {
    const found = await this.world.store.releases.byId(release.id);
    if (!found) throw new Error("the release is gone");
    return found;
  }

  containers(app: App) {
    return [...this.engine.world.containers].filter(({ appId }) => appId === app.id);
  }

  /** Resolves when it is so; looks whenever something may have changed. */
  async until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
