import type { EngineInstance } from "../../core/instance";
import type { AppRoute, Target } from "../../core/route";
import type { RoutePublisher } from "../routes/publisher";
import type { Store } from "../store/store";

/**
 * Changes the stored route table and publishes it: one change at a time, so that versions and contents agree.
 * INVARIANT: nothing is published before `confirm`: after a reboot, what a predecessor stored may mean addresses that are others' now.
 */
export class Routing {
  readonly #store: Store;
  readonly #publisher: RoutePublisher;
  readonly #domain: string;
  readonly #bootId: string;
  readonly #tlsChallenges: ReadonlyMap<string, string>;
  #line: Promise<unknown> = Promise.resolve();
  #confirmed = false;

  constructor(
    store: Store,
    publisher: RoutePublisher,
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
      await this.#publishNow();
      return version;
    });
  }

  /** Publishes changed hostnames or a vanished app under a new version. */
  refresh(): Promise<number> {
    return this.#oneAtATime(async () => {
      const version = await this.#store.routes.touch();
      await this.#publishNow();
      return version;
    });
  }

  /** Publishes what is stored as it is, for a Redis or a router that lost it; null before it was confirmed. */
  republish(): Promise<number | null> {
    return this.#oneAtATime(async () => (this.#confirmed ? this.#publishNow() : null));
  }

  /**
   * For a server that starts, maybe after a reboot or a restart of the engine: publishes the table without the targets that the engine
   * does not show running at their address. Returns its version.
   */
  confirm(instances: EngineInstance[]): Promise<number> {
    return this.#oneAtATime(async () => {
      for (const { appId, mode, targets } of await this.#store.routes.of(null)) {
        const living = targets.filter((target) => isThere(target, appId, instances));
        if (living.length < targets.length) await this.#store.routes.change(appId, mode, living);
      }
      this.#confirmed = true;
      return this.#publishNow();
    });
  }

  async #publishNow(): Promise<number> {
    const table = await this.#store.routes.table(this.#domain);
    const tlsChallenges = Object.fromEntries(this.#tlsChallenges);
    await this.#publisher.publish({ ...table, tlsChallenges, bootId: this.#bootId });
    return table.version;
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
