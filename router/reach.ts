import type { Backlog, Waiter } from "./backlog";
import { plainBalance } from "./balance";
import type { Clock } from "./clock";
import type { Opener } from "./connections";
import type { Exchange } from "./exchange";
import { dialFault, type FaultName } from "./fault";
import type { Limits } from "./limits";
import type { Pool } from "./pool";
import type { Seat, SeatSeeker, Seats } from "./seats/seats";
import type { Services } from "./services";
import type { Destination } from "./table";
import type { TargetState } from "./target";
import type { Upstream } from "./upstream";

/** How long targets are tried. */
const searchMs = 10_000;
const none: ReadonlySet<TargetState> = new Set();

const idOf = ({ target }: TargetState): string => target.instanceId;

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
 * Finds a target that takes a connection: as long as nothing was sent, one that does not is left out and another tried; where instances get
 * so many requests at once, it asks for a seat, and waits in the app's backlog until it has one. A search ends in `use` or `fail`, or in neither when the client has left.
 */
export class Reach implements Opener, Waiter, SeatSeeker {
  readonly #seeker: Seeker;
  readonly #pool: Pool;
  readonly #seats: Seats;
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

  constructor(
    seeker: Seeker,
    { pool, seats, limits, clock }: Pick<Services, "pool" | "seats" | "limits" | "clock">,
  ) {
    this.#seeker = seeker;
    this.#pool = pool;
    this.#seats = seats;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Searches, at once if an idle connection will do; first where `destination` says, if it was resolved just now. */
  search(wish: Wish, destination: Destination = this.#seeker.resolve()): void {
    this.#wish = wish;
    if (destination.kind === "nowhere") this.#seeker.fail(destination.fault);
    else if (destination.kind === "held") this.#wait(destination.backlog, destination.holdMs, "boot");
    else this.#choose(destination);
  }

  retry(): void {
    this.#stopWaiting();
    this.search(this.#wish);
  }

  giveUp(): void {
    this.#stopWaiting();
    this.#seeker.fail(this.#fault);
  }

  /** Its client has left. */
  leave(): void {
    this.#stopWaiting();
  }

  seated(seat: Seat): void {
    this.#stopWaiting();
    const destination = this.#seeker.resolve();
    const targets = destination.kind === "app" ? destination.targets : [];
    const state = targets.find(({ target }) => target.instanceId === seat.instanceId);
    if (state) this.#connect(state, destination, seat);
    else {
      seat.leave();
      this.search(this.#wish, destination);
    }
  }

  lineIsFull(): void {
    this.giveUp();
  }

  #choose(destination: Exclude<Destination, { kind: "nowhere" | "held" }>): void {
    const { exchange, wanted } = this.#seeker;
    this.#state = undefined;
    if (this.#untilMs !== undefined && exchange.elapsedMs() >= this.#untilMs) this.#seeker.fail(this.#fault);
    else if (destination.kind === "app" && destination.balance.seats) this.#askSeat(destination);
    else {
      const balance = destination.kind === "app" ? destination.balance : plainBalance;
      const choice = this.#pool.choose(destination.targets, this.#tried, balance, wanted);
      if (choice) this.#connect(choice, destination);
      else this.#seeker.fail(this.#fault);
    }
  }

  /** Asks for a seat at one of the app's instances, and waits for it in line. */
  #askSeat({ appId, targets, balance }: Extract<Destination, { kind: "app" }>): void {
    const { exchange, wanted } = this.#seeker;
    const { first, others } = this.#pool.candidates(targets, this.#tried, balance, wanted);
    if (first.length + others.length === 0) {
      this.#seeker.fail(this.#fault);
      return;
    }
    // One who tries again must not wait for itself.
    exchange.letGo();
    this.#wait(balance.backlog, balance.waitMs, "backlog");
    const { most = 0, queue = 0 } = balance.seats ?? {};
    this.#seats.ask({ appId, most, queue, first: first.map(idOf), others: others.map(idOf) }, this);
  }

  #wait(backlog: Backlog | undefined, limitMs: number, fault: FaultName): void {
    this.#dueMs ??= this.#clock.after(limitMs);
    this.#fault = fault;
    if (backlog?.join(this, this.#dueMs)) this.#backlog = backlog;
    else this.#seeker.fail(fault);
  }

  #stopWaiting(): void {
    this.#backlog?.leave(this);
    this.#backlog = undefined;
    this.#seats.giveUp(this);
  }

  #connect(state: TargetState, destination: Destination, seat?: Seat): void {
    const { exchange } = this.#seeker;
    const fromMs = exchange.elapsedMs();
    this.#untilMs ??= fromMs + searchMs;
    this.#state = state;
    exchange.hold(state, seat);
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
