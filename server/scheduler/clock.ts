interface Jump {
  /** What the clock would have shown at the jump, had it gone on. */
  from: number;
  /** How far it was set forward; negative: back. */
  by: number;
}

/** Smaller changes are a time service's, and do not matter to anything here. */
const leastJumpMs = 2_000;

/**
 * The host's clock, which may be set while we run, and a reading of times that were written down before that. To be asked at least every few
 * seconds, since a jump shows only by comparison with a clock that nobody sets.
 *
 * INVARIANT: the age of what began while we run (`now()` less `timeOf` its beginning) is what it would be had the clock never been set.
 * Of older things after a jump back, only what would lie in the future is corrected: nothing waits for a time that passed long ago.
 */
export class Clock {
  readonly #wall: () => number;
  readonly #steady: () => number;
  #offset: number;
  readonly #jumps: Jump[] = [];

  /** Both in ms: since the epoch, and since any moment. */
  constructor(wall: () => number = Date.now, steady: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#steady = steady;
    this.#offset = wall() - steady();
  }

  /** Milliseconds since the epoch, as the host has it now. */
  now(): number {
    const [wall, steady] = [this.#wall(), this.#steady()];
    const by = wall - steady - this.#offset;
    if (Math.abs(by) >= leastJumpMs) this.#jumps.push({ from: this.#offset + steady, by });
    this.#offset = wall - steady;
    return wall;
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
    this.now();
    if (this.#jumps.length === 0) return thing;
    const entries = Object.entries(thing).map(([key, value]) => [
      key,
      value instanceof Date ? this.timeOf(value) : value,
    ]);
    return Object.fromEntries(entries) as T;
  }
}
