/** Gathers within a turn of the event loop, and sends at its end. */
export interface Gathering {
  send(): void;
}

/** One moment, in milliseconds that only rise, and in those since 1970. */
export interface Moment {
  risingMs: number;
  epochMs: number;
}

/**
 * One turn of the event loop, which serves many connections.
 *
 * What all of them have to send is sent at its end, in one go. A peer on this machine sleeps while nothing comes: written to as each request is
 * done, it is woken for each; written to in a row, once for many. Under load that is a third more requests a second of processor time; a
 * router with nothing else to do sends in the same turn.
 */
export class Turn {
  #gathered: Gathering[] = [];
  #moment: Moment | undefined;
  #ends = false;
  readonly #end = () => this.#sendAll();

  /** Has it sent at the end of this turn. */
  add(gathering: Gathering): void {
    this.#endSoon();
    this.#gathered.push(gathering);
  }

  /** When this turn was first asked: one look at the clocks for all that is done in it. */
  get moment(): Moment {
    this.#endSoon();
    this.#moment ??= { risingMs: performance.now(), epochMs: Date.now() };
    return this.#moment;
  }

  #endSoon(): void {
    if (this.#ends) return;
    this.#ends = true;
    setImmediate(this.#end);
  }

  #sendAll(): void {
    const gathered = this.#gathered;
    this.#gathered = [];
    for (const each of gathered) each.send();
    // What was added meanwhile belongs to the next turn; the time until that may be long.
    this.#moment = undefined;
    this.#ends = false;
    if (this.#gathered.length > 0) this.#endSoon();
  }
}
