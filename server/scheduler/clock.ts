interface Jump {
  /** What the clock would have shown at the jump, had it gone on. */
  from: number;
  /** How far it was set forward; negative: back. */
  by: number;
}

/** Smaller changes are a time service's, and do not matter to anything here. */
const leastJumpMs = 2_000;

/**
 * The ledger's clock, which may be set while we run, and a reading of times that were written down before that. It is the only one that limits
 * are judged by: our own may stand elsewhere. To be told the ledger's time every few seconds; between, it goes on by a clock that nobody sets.
 *
 * INVARIANT: the age of what began while we run (`now()` less `timeOf` its beginning) is what it would be had the clock never been set.
 * Of older things after a jump back, only what would lie in the future is corrected: nothing waits for a time that passed long ago.
 */
export class Clock {
  readonly #steady: () => number;
  #offset: number;
  /** When the newest answer that counted was asked for. */
  #askedAt = Number.NEGATIVE_INFINITY;
  readonly #jumps: Jump[] = [];

  /** The ledger's time of now, and milliseconds since any moment. */
  constructor(at: Date, steady: () => number = () => performance.now()) {
    this.#steady = steady;
    this.#offset = at.getTime() - steady();
  }

  /** Milliseconds since the epoch, as the ledger has it now. */
  now(): number {
    return Math.floor(this.#steady() + this.#offset);
  }

  /** Asks the ledger for its time. */
  async ask(ledger: () => Promise<Date>): Promise<void> {
    const askedAt = this.#steady();
    const at = (await ledger()).getTime();
    // An older answer that comes late would undo what a newer one told.
    if (askedAt < this.#askedAt) return;
    this.#askedAt = askedAt;
    // It was read somewhere between the question and now: a slow answer is no change.
    const [least, most] = [at - this.#steady(), at - askedAt];
    const offset = Math.min(most, Math.max(least, this.#offset));
    const by = offset - this.#offset;
    if (Math.abs(by) >= leastJumpMs) this.#jumps.push({ from: this.now(), by });
    this.#offset = offset;
  }

  /** When something was by the clock of now. */
  timeOf(at: Date): Date {
    const now = this.now();
    const moved = this.#jumps.reduce((time, { from, by }) => {
      const before = by > 0 ? time <= from : time > now;
      return before ? time + by : time;
    }, at.getTime());
    return new Date(moved);
  }

  /** A row or a container with all its times by the clock of now. */
  read<T extends object>(thing: T): T {
    if (this.#jumps.length === 0) return thing;
    const entries = Object.entries(thing).map(([key, value]) => [
      key,
      value instanceof Date ? this.timeOf(value) : value,
    ]);
    return Object.fromEntries(entries) as T;
  }
}
