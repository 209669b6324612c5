/** Looks at its deadlines once a tick. */
export interface Watched {
  tick(nowMs: number): void;
}

export interface ClockOptions {
  /** Milliseconds that only rise. */
  nowMs: () => number;
  everyMs: number;
}

/**
 * One timer for all connections. A timer of its own for each request would cost more than the request; a deadline that is looked at twice
 * a second is one number to write.
 */
export class Clock {
  readonly everyMs: number;
  readonly #options: ClockOptions;
  readonly #watched = new Set<Watched>();
  readonly #timer: NodeJS.Timeout;
  #nowMs: number;
  #second = 0;
  #dateLine = "";

  constructor(options: ClockOptions) {
    this.#options = options;
    this.everyMs = options.everyMs;
    this.#nowMs = options.nowMs();
    this.#timer = setInterval(() => this.#tick(), options.everyMs).unref();
  }

  /** The time of the last tick. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The time that will have come for sure when `limitMs` are over. */
  after(limitMs: number): number {
    return this.#nowMs + limitMs + this.everyMs;
  }

  /** The Date header of now, with its line end (RFC 9110, 6.6.1). */
  get dateLine(): string {
    const second = Math.floor(Date.now() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#dateLine = `Date: ${new Date(second * 1_000).toUTCString()}\r\n`;
    }
    return this.#dateLine;
  }

  watch(watched: Watched): void {
    this.#watched.add(watched);
  }

  forget(watched: Watched): void {
    this.#watched.delete(watched);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.#nowMs = this.#options.nowMs();
    for (const watched of this.#watched) watched.tick(this.#nowMs);
  }
}
