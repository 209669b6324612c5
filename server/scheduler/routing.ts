import type { AppRoute, Target } from "../../core/route";
import type { RoutePublisher } from "../routes/publisher";
import type { Store } from "../store/store";

/** Changes the stored route table and publishes it: one change at a time, so that versions and contents agree. */
export class Routing {
  readonly #store: Store;
  readonly #publisher: RoutePublisher;
  readonly #domain: string;
  #line: Promise<unknown> = Promise.resolve();

  constructor(store: Store, publisher: RoutePublisher, domain: string) {
    this.#store = store;
    this.#publisher = publisher;
    this.#domain = domain;
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

  /** Publishes what is stored as it is: for a Redis or a router that lost it. */
  republish(): Promise<void> {
    return this.#oneAtATime(() => this.#publishNow());
  }

  async #publishNow(): Promise<void> {
    await this.#publisher.publish(await this.#store.routes.table(this.#domain));
  }

  #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#line.then(work, work);
    this.#line = done.catch(() => {}); // the caller hears of it; the next in line goes on
    return done;
  }
}
