import type { EngineInstance } from "../../core/instance";
import type { AppRoute, Target } from "../../core/route";
import type { TablePublisher } from "../routes/table-publisher";
import type { Store } from "../store/store";

/**
 * Changes the stored route table and publishes what changed: one change at a time, so that versions and contents agree.
 *
 * INVARIANTS
 * - Nothing is published before `confirm`: after a reboot, what a predecessor stored may mean addresses that are others' now.
 * - After a publication that failed the next one is of the whole table: what was to be told by then is in it.
 */
export class Routing {
  readonly #store: Store;
  readonly #publisher: Pick<TablePublisher, "publish" | "change">;
  readonly #domain: string;
  readonly #bootId: string;
  readonly #tlsChallenges: ReadonlyMap<string, string>;
  #line: Promise<unknown> = Promise.resolve();
  #confirmed = false;
  /** Whether routers were told all that is stored. */
  #told = false;

  constructor(
    store: Store,
    publisher: Pick<TablePublisher, "publish" | "change">,
    domain: string,
    bootId: string,
    tlsChallenges: ReadonlyMap<string, string>,
  ) {
    this.#store = store;
    this.#publisher = publisher;
    this.#domain = domain;
    this.#bootId = bootId;
    this.#tlsChallenges = tlsChallenges;
  }

  /** Sets an app's rotation; returns the version that routers must acknowledge. */
  setRotation(appId: string, mode: AppRoute["mode"], targets: Target[]): Promise<number> {
    return this.#oneAtATime(async () => {
      const version = await this.#store.routes.change(appId, mode, targets);
      await this.#publishApp(appId, version);
      return version;
    });
  }

  /** Has requests to an app held that was served before and will be again: what the scheduler finds out a moment later, said at once. */
  hold(appId: string): Promise<void> {
    return this.#oneAtATime(async () => {
      const version = await this.#store.routes.hold(appId);
      if (version !== null) await this.#publishApp(appId, version);
    });
  }

  /** Publishes what else changed of an app (hostnames, settings, certificates), or that it is gone, under a new version; null: of the platform. */
  refresh(appId: string | null): Promise<number> {
    return this.#oneAtATime(async () => {
      if (appId === null) return this.#publishAll();
      const version = await this.#store.routes.touch();
      await this.#publishApp(appId, version);
      return version;
    });
  }

  /** Publishes all that is stored under a new version, for whoever lost it; null before it was confirmed. */
  republish(): Promise<number | null> {
    return this.#oneAtATime(async () => (this.#confirmed ? this.#publishAll() : null));
  }

  /**
   * For a server that starts, maybe after a reboot or a restart of the engine: publishes the table without the targets that the engine
   * does not show running at their address. Where none is left, requests wait until the scheduler has looked. Returns its version.
   */
  confirm(instances: EngineInstance[]): Promise<number> {
    return this.#oneAtATime(async () => {
      for (const { appId, mode, targets } of await this.#store.routes.of(null)) {
        const living = targets.filter((target) => isThere(target, appId, instances));
        if (living.length === targets.length) continue;
        await this.#store.routes.change(appId, living.length > 0 ? mode : "hold", living);
      }
      this.#confirmed = true;
      return this.#publishAll();
    });
  }

  async #publishApp(appId: string, version: number): Promise<void> {
    if (this.#told) {
      this.#told = false;
      const route = await this.#store.routes.appRoute(appId, this.#domain);
      this.#told = await this.#publisher.change(version, { [appId]: route });
    }
    if (!this.#told) await this.#publishTable(version);
  }

  /** A server that died may have left changes without a version of their own. */
  async #publishAll(): Promise<number> {
    const version = await this.#store.routes.touch();
    await this.#publishTable(version);
    return version;
  }

  async #publishTable(version: number): Promise<void> {
    this.#told = false;
    const table = await this.#store.routes.table(this.#domain);
    const tlsChallenges = Object.fromEntries(this.#tlsChallenges);
    await this.#publisher.publish({ ...table, version, tlsChallenges, bootId: this.#bootId });
    this.#told = true;
  }

  #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#line.then(work, work);
    this.#line = done.catch(() => {}); // the caller hears of it; the next in line goes on
    return done;
  }
}

/** Whether a target's address is that instance's, and it runs. */
export function isThere(target: Target, appId: string, instances: EngineInstance[]): boolean {
  return instances.some(
    (instance) =>
      instance.id === target.instanceId &&
      instance.appId === appId &&
      instance.address === target.address &&
      instance.state === "running",
  );
}
