import { type AccessLine, formatAccess } from "./access-log";
import type { Answered } from "./bakes";
import { type FaultName, faults } from "./fault";
import type { Measured } from "./meter";
import type { Seat } from "./seats/seats";
import type { Served } from "./switches";
import type { TargetState } from "./target";
import type { Moment } from "./turn";

/** What a client asked, for its access line. */
export interface Asked {
  method: string;
  target: string;
  host: string;
  requestId: string;
  /** Where it came from. */
  fwd: string;
}

export interface ExchangeOptions {
  /** Takes the access line of a request to an app. */
  log: (line: AccessLine) => void;
  turn: { readonly moment: Moment };
  /** Counts a request to an app that is over. */
  count: (served: Served & Measured) => void;
  /** Counts how well an instance's release answered one. */
  countAnswer: (answered: Answered) => void;
}

/**
 * One request from its arrival to the end of the client's side of it: which target it holds, and what its access line will say.
 *
 * INVARIANT: while it holds a target, that target counts it in flight; `end` lets go in any case.
 */
export class Exchange {
  /** In milliseconds since 1970. */
  readonly arrivedAt: number;
  /** Body bytes that went to the client. */
  bytes = 0;
  connectMs: number | null = null;
  #fault: FaultName | null = null;
  #appId: string | null = null;
  #instance: string | null = null;
  /** The target that it holds, or held last. */
  #held: TargetState | undefined;
  #holding = false;
  #seat: Seat | undefined;
  #endStream: (() => void) | undefined;
  #isStream = false;
  #over = false;
  #release: (() => void) | undefined;
  readonly #startedMs: number;
  readonly #asked: Asked;
  readonly #options: ExchangeOptions;

  constructor(asked: Asked, options: ExchangeOptions) {
    this.#asked = asked;
    this.#options = options;
    const { risingMs, epochMs } = options.turn.moment;
    this.#startedMs = risingMs;
    this.arrivedAt = epochMs;
  }

  get requestId(): string {
    return this.#asked.requestId;
  }

  /** True once the client's side is over. */
  get over(): boolean {
    return this.#over;
  }

  get fault(): FaultName | null {
    return this.#fault;
  }

  /** The first fault is the one to tell; what follows from it is not. */
  blame(fault: FaultName): void {
    this.#fault ??= fault;
  }

  belongsTo(appId: string | null): void {
    this.#appId = appId;
  }

  /** Holds a target, in place of the one it held before; with a seat, where those are counted. */
  hold(state: TargetState, seat?: Seat): void {
    this.letGo();
    this.#seat = seat;
    this.#held = state;
    this.#holding = true;
    state.begin();
    this.#instance = state.target.name;
    this.connectMs = null;
  }

  letGo(): void {
    this.#endStream?.();
    this.#endStream = undefined;
    if (!this.#holding) return;
    this.#holding = false;
    this.#held?.end();
    this.#seat?.leave();
    this.#seat = undefined;
  }

  /** From now on it is a stream, which the router closes by `close` when its instance has drained for long enough. */
  becomeStream(close: () => void): void {
    this.#isStream = true;
    if (!this.#over) this.#endStream = this.#held?.openStream(close);
  }

  /** Whether it has lasted for so long, and is no stream yet. */
  isLong(ms: number): boolean {
    return !this.#isStream && this.elapsedMs() >= ms;
  }

  /** Has something given back when it is over; now, if it is. */
  atEnd(release: () => void): void {
    if (this.#over) release();
    else this.#release = release;
  }

  elapsedMs(): number {
    return this.#options.turn.moment.risingMs - this.#startedMs;
  }

  /** The client's side is over: lets go of the target and tells it, once. */
  end(status: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#release?.();
    const ms = this.elapsedMs();
    // Counted before its target may report that it is idle: then the numbers are complete.
    if (this.#appId !== null) this.#options.count(this.#served(this.#appId, status, ms));
    if (this.#appId !== null) this.#countAnswer(this.#appId, status, ms);
    this.letGo();
    if (this.#appId !== null) this.#tell(this.#appId, status, ms);
  }

  #tell(appId: string, status: number, serviceMs: number): void {
    const { method, target, host, requestId, fwd } = this.#asked;
    const line = formatAccess({
      method,
      path: target,
      host,
      requestId,
      fwd,
      instance: this.#instance,
      connectMs: this.connectMs,
      serviceMs,
      status,
      bytes: this.bytes,
      fault: this.#fault,
    });
    this.#options.log({ appId, line });
  }

  #countAnswer(appId: string, status: number, ms: number): void {
    const release = this.#held?.target.release;
    if (release === undefined) return;
    const told = { fault: this.#fault, stream: this.#isStream };
    this.#options.countAnswer({ appId, release, ms, status, ...told });
  }

  #served(appId: string, status: number, ms: number): Served & Measured {
    const fault = this.#fault === null ? undefined : faults[this.#fault];
    return {
      appId,
      instance: this.#instance ?? "",
      status,
      code: fault?.code ?? null,
      ms,
      failed: fault !== undefined && fault.status >= 500 && this.#fault !== "maintenance",
      stream: this.#isStream,
      drained: this.#held?.gone ?? false,
    };
  }
}
