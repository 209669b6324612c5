import type { Opener } from "./connections";
import type { Exchange } from "./exchange";
import { dialFault, type FaultName } from "./fault";
import type { Limits } from "./limits";
import type { Pool } from "./pool";
import type { Destination } from "./table";
import type { TargetState } from "./target";
import type { Upstream } from "./upstream";

/** No further target is tried after this long. */
const searchMs = 10_000;
const none: ReadonlySet<TargetState> = new Set();

/** How a request wants its connection: an idle one if there is, a new one, or a new one that may change its protocol. */
export type Wish = "idle" | "new" | "changing";

/** Who looks for a connection. */
export interface Seeker {
  readonly exchange: Exchange;
  /** Asked at each try, so that no request begins on a target that left the table meanwhile. */
  resolve(): Destination;
  /** Called with a connection, in the same turn in which it was ready; the exchange holds its target. */
  use(upstream: Upstream): void;
  fail(fault: FaultName): void;
}

/**
 * Finds a target that takes a connection: as long as nothing was sent, one that does not is left out and another tried.
 * A search ends in `use` or `fail`, or in neither when the client has left.
 */
export class Reach implements Opener {
  readonly #seeker: Seeker;
  readonly #pool: Pool;
  readonly #limits: Limits;
  #tried = none;
  #fault: FaultName = "crashed";
  #wish: Wish = "idle";
  #destination: Destination | undefined;
  #state: TargetState | undefined;
  #fromMs = 0;

  constructor(seeker: Seeker, pool: Pool, limits: Limits) {
    this.#seeker = seeker;
    this.#pool = pool;
    this.#limits = limits;
  }

  /** Searches, at once if an idle connection will do; first where `destination` says, if it was resolved just now. */
  search(wish: Wish, destination: Destination = this.#seeker.resolve()): void {
    const { exchange } = this.#seeker;
    this.#wish = wish;
    const fromMs = exchange.elapsedMs();
    if (destination.kind === "nowhere") this.#seeker.fail(destination.fault);
    else {
      const state = fromMs < searchMs ? this.#pool.choose(destination.targets, this.#tried) : undefined;
      if (state) this.#connect(state, destination, fromMs);
      else this.#seeker.fail(this.#fault);
    }
  }

  #connect(state: TargetState, destination: Destination, fromMs: number): void {
    const { exchange } = this.#seeker;
    exchange.hold(state);
    const idle = this.#wish === "idle" ? state.connections.takeIdle() : undefined;
    if (idle) {
      exchange.connectMs = 0;
      this.#seeker.use(idle);
      return;
    }
    this.#fromMs = fromMs;
    this.#state = state;
    this.#destination = destination;
    state.connections.open(this.#limits.connectMs, this, this.#wish === "changing");
  }

  opened(upstream: Upstream): void {
    const { exchange } = this.#seeker;
    this.#state?.takeIn();
    if (exchange.over || !this.#destination) {
      this.#state?.connections.giveBack(upstream);
      return;
    }
    exchange.connectMs = exchange.elapsedMs() - this.#fromMs;
    this.#seeker.use(upstream);
  }

  notOpened(error: unknown): void {
    const { exchange } = this.#seeker;
    exchange.letGo();
    if (this.#state) {
      this.#pool.leaveOut(this.#state);
      this.#tried = new Set([...this.#tried, this.#state]);
    }
    this.#fault = this.#destination?.kind === "platform" ? "platform" : dialFault(error);
    if (!exchange.over) this.search(this.#wish);
  }
}
