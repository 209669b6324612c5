/** Gathers within a turn of the event loop, and sends at its end. */
export interface Gathering {
  send(): void;
}

/**
 * What all connections have to send at the end of one turn of the event loop, sent in one go. A peer on this machine sleeps while nothing
 * comes: written to as each request is done, it is woken for each; written to in a row, once for many. Under load that is a third more
 * requests a second of processor time; a router with nothing else to do sends in the same turn.
 */
export class Turn {
  #gathered: Gathering[] = [];
  readonly #end = () => this.#sendAll();

  /** Has it sent at the end of this turn. */
  add(gathering: Gathering): void {
    if (this.#gathered.length === 0) setImmediate(this.#end);
    this.#gathered.push(gathering);
  }

  #sendAll(): void {
    const gathered = this.#gathered;
    this.#gathered = [];
    for (const each of gathered) each.send();
  }
}
