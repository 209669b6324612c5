/** Gathers what is added within one turn of the event loop, and hands it over at its end. */
export class Batch<T> {
  readonly #send: (all: T[]) => void;
  #gathered: T[] = [];

  constructor(send: (all: T[]) => void) {
    this.#send = send;
  }

  add(one: T): void {
    if (this.#gathered.length === 0) setImmediate(() => this.#send(this.#gathered.splice(0)));
    this.#gathered.push(one);
  }
}
