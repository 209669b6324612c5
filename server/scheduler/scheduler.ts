import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../core/error";
import { placeName } from "../../core/instance";
import { commandPlace } from "../../core/release";
import { DiskWatch } from "./disk-watch";
import { unsettledApps } from "./full-pass";
import { Health } from "./health";
import { Runner } from "./runner";
import type { World } from "./world";

const tickMs = 10_000;
/** How long the start waits for routers to take the confirmed table; a router that does not holds back its apps' steps, not the server. */
const confirmLimitMs = 5_000;

/** Keeps every app as desired: engine events and nudges for speed, a tick and a full pass at the start for truth. */
export class Scheduler {
  readonly #world: World;
  readonly #health: Health;
  readonly #disks: DiskWatch;
  readonly #runners = new Map<string, Runner>();
  readonly #closing = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();

  constructor(world: World) {
    this.#world = world;
    this.#health = new Health(world, (appId) => this.nudge(appId));
    this.#disks = new DiskWatch(world);
  }

  /** Takes up what a predecessor left: logs, one-offs, containers of apps that are gone, routes to what is gone; then looks at every app. */
  async start(): Promise<void> {
    const { engine, store, collector, oneOffs, routers, routing } = this.#world;
    const [instances, commands, apps, runs] = await Promise.all([
      engine.list(),
      engine.commands(),
      store.apps.list(),
      oneOffs.takeUp(),
    ]);
    const known = new Set(apps.map((app) => app.id));
    const sources = [
      ...instances.map((one) => ({ appId: one.appId, instanceId: one.id, place: placeName(one) })),
      ...commands.map((one) => ({
        appId: one.appId,
        instanceId: one.releaseId,
        place: commandPlace(one.version),
      })),
      ...runs.map((run) => ({ appId: run.appId, instanceId: run.id, place: run.name })),
    ];
    await collector.resume(sources.filter((one) => known.has(one.appId)));
    for (const run of runs) oneOffs.follow(run);
    const orphans = sources.filter((one) => !known.has(one.appId));
    await Promise.all(orphans.map((orphan) => engine.stop(orphan.instanceId, 10_000)));
    await routers.open();
    const version = await routing.confirm(instances);
    if (routers.live().length > 0) await routers.waitAcknowledged(version, confirmLimitMs);
    routers.onNews(() => this.#nudgeBusy());
    await this.#nudgeUnsettled();
    this.#disks.start();
    this.#loops = Promise.all([this.#tick(), this.#watch()]);
  }

  /** Something about the app may have changed. */
  nudge(appId: string): void {
    if (!this.#closing.signal.aborted) this.#runner(appId).nudge();
  }

  #runner(appId: string): Runner {
    const known = this.#runners.get(appId);
    if (known) return known;
    const runner = new Runner(this.#world, this.#health, appId);
    this.#runners.set(appId, runner);
    return runner;
  }

  /** Resolves when nothing is left to do for an app and nothing is under way: true; false when the signal aborts before. */
  async settled(appId: string, signal: AbortSignal): Promise<boolean> {
    const aborted = new Promise<false>((resolve) => {
      if (signal.aborted) resolve(false);
      signal.addEventListener("abort", () => resolve(false), { once: true });
    });
    return Promise.race([
      this.#runner(appId)
        .settled()
        .then(() => true),
      aborted,
    ]);
  }

  /** Lets go of an app that is being destroyed; nothing of it is under way afterwards. */
  async forget(appId: string): Promise<void> {
    const runner = this.#runners.get(appId);
    this.#runners.delete(appId);
    await runner?.close();
    await this.#health.forget(appId);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#runners.values()].map((runner) => runner.close()));
    await Promise.all([this.#health.close(), this.#disks.close()]);
    await this.#loops;
  }

  async #tick(): Promise<void> {
    while (await this.#pause(tickMs))
      await this.#nudgeUnsettled().catch((error: unknown) => this.#report(error, "the tick failed"));
  }

  /** A full pass: runners are called only for apps that have something to be done. */
  async #nudgeUnsettled(): Promise<void> {
    for (const appId of await unsettledApps(this.#world, this.#health)) this.nudge(appId);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    do {
      try {
        for await (const event of this.#world.engine.events(signal)) this.nudge(event.appId);
      } catch (error) {
        if (!signal.aborted) this.#report(error, "engine events ended");
      }
    } while (await this.#pause(1_000));
  }

  /** A busy runner waits for drains among other things; routers say when one has ended. */
  #nudgeBusy(): void {
    for (const runner of this.#runners.values()) if (!runner.idle) runner.nudge();
  }

  /** False when closing. */
  async #pause(ms: number): Promise<boolean> {
    const { signal } = this.#closing;
    await sleep(ms, undefined, { signal }).catch(() => {});
    return !signal.aborted;
  }

  #report(error: unknown, what: string): undefined {
    this.#world.log.warn({ err: messageOf(error) }, what);
    return undefined;
  }
}
