import type { Backlog, Waiter } from "./backlog";
import { plainBalance } from "./balance";
import type { Clock } from "./clock";
import type { Opener } from "./connections";
import type { Exchange } from "./exchange";
import { dialFault, type FaultName } from "./fault";
import type { Limits } from "./limits";
import type { Pool } from "./pool";
import type { Services } from "./services";
import type { Destination } from "./table";
import type { TargetState } from "./target";
import type { Upstream } from "./upstream";

/** How long targets are tried. */
const searchMs = 10_000;
const none: ReadonlySet<TargetState> = new Set();

/** How a request wants its connection: an idle one if there is, a new one, or a new one that may change its protocol. */
export type Wish = "idle" | "new" | "changing";

/** Who looks for a connection. */
export interface Seeker {
  readonly exchange: Exchange;
  /** The instance that its client's cookie calls (sticky.ts). */
  readonly wanted: string | undefined;
  /** Asked at each try, so that no request begins on a target that left the table meanwhile. */
  resolve(): Destination;
  /** Called with a connection to a target, in the same turn in which it was ready; the exchange holds the target. */
  use(upstream: Upstream, state: TargetState): void;
  fail(fault: FaultName): void;
}

/**
 * Finds a target that takes a connection: as long as nothing was sent, one that does not is left out and another tried; while all have as
 * many requests as they may have, it waits in the app's backlog. A search ends in `use` or `fail`, or in neither when the client has left.
 */
export class Reach implements Opener, Waiter {
  readonly #seeker: Seeker;
  readonly #pool: Pool;
  readonly #limits: Limits;
  readonly #clock: Clock;
  #tried = none;
  #fault: FaultName = "crashed";
  #wish: Wish = "idle";
  #destination: Destination | undefined;
  #state: TargetState | undefined;
  #backlog: Backlog | undefined;
  #fromMs = 0;
  /** No further target is tried after that. */
  #untilMs: number | undefined;
  /** When it will have waited for too long. */
  #dueMs: number | undefined;

  constructor(seeker: Seeker, { pool, limits, clock }: Pick<Services, "pool" | "limits" | "clock">) {
    this.#seeker = seeker;
    this.#pool = pool;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Searches, at once if an idle connection will do; first where `destination` says, if it was resolved just now. */
  search(wish: Wish, destination: Destination = this.#seeker.resolve()): void {
    this.#wish = wish;
    if (destination.kind === "nowhere") this.#seeker.fail(destination.fault);
    else if (destination.kind === "held") this.#wait(destination.backlog, this.#limits.holdMs, "boot");
    else this.#choose(destination);
  }

  retry(): "taken" | "waits" | "over" {
    this.#backlog = undefined;
    this.search(this.#wish);
    if (this.#backlog) return "waits";
    return this.#state && !this.#seeker.exchange.over ? "taken" : "over";
  }

  giveUp(): void {
    this.#backlog = undefined;
    this.#seeker.fail(this.#fault);
  }

  /** Its client has left. */
  leave(): void {
    this.#backlog?.leave(this);
  }

  #choose(destination: Exclude<Destination, { kind: "nowhere" | "held" }>): void {
    const { exchange, wanted } = this.#seeker;
    const balance = destination.kind === "app" ? destination.balance : plainBalance;
    const fromMs = exchange.elapsedMs();
    this.#state = undefined;
    const isLate = fromMs >= (this.#untilMs ?? Number.POSITIVE_INFINITY);
    const choice = isLate ? undefined : this.#pool.choose(destination.targets, this.#tried, balance, wanted);
    if (choice === undefined) this.#seeker.fail(this.#fault);
    else if (choice === "full") this.#wait(balance.backlog, balance.waitMs, "backlog");
    else {
      this.#untilMs ??= fromMs + searchMs;
      this.#connect(choice, destination, fromMs);
    }
  }

  #wait(backlog: Backlog | undefined, limitMs: number, fault: FaultName): void {
    this.#dueMs ??= this.#clock.after(limitMs);
    this.#fault = fault;
    if (backlog?.join(this, this.#dueMs)) this.#backlog = backlog;
    else this.#seeker.fail(fault);
  }

  #connect(state: TargetState, destination: Destination, fromMs: number): void {
    const { exchange } = this.#seeker;
    this.#state = state;
    exchange.hold(state);
    const idle = this.#wish === "idle" ? state.connections.takeIdle() : undefined;
    if (idle) {
      exchange.connectMs = 0;
      this.#seeker.use(idle, state);
      return;
    }
    this.#fromMs = fromMs;
    this.#destination = destination;
    state.connections.open(this.#limits.connectMs, this, this.#wish === "changing");
  }

  opened(upstream: Upstream): void {
    const { exchange } = this.#seeker;
    const state = this.#state;
    state?.takeIn();
    if (exchange.over || !state) {
      state?.connections.giveBack(upstream);
      return;
    }
    exchange.connectMs = exchange.elapsedMs() - this.#fromMs;
    this.#seeker.use(upstream, state);
  }

  notOpened(error: unknown): void {
    const { exchange } = this.#seeker;
    const state = this.#state;
    if (state) {
      this.#pool.leaveOut(state);
      this.#tried = new Set([...this.#tried, state]);
    }
    exchange.letGo();
    this.#fault = this.#destination?.kind === "platform" ? "platform" : dialFault(error);
    if (!exchange.over) this.search(this.#wish);
  }
}
