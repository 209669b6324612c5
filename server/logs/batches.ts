/** What a source may run ahead of the disk. */
export interface BatchLimit {
  items: number;
  bytes: number;
}

/**
 * Groups what a source has at hand: while the caller is busy with one batch the next one fills, up to the limit; at the limit the source is not
 * asked for more. So a trickle is passed on at once, a flood in large batches and bounded memory. Ends, and throws, as the source does, after
 * everything before that was handed over.
 */
export async function* batches<T>(
  source: AsyncIterable<T>,
  sizeOf: (item: T) => number,
  limit: BatchLimit,
): AsyncGenerator<T[]> {
  const filling = new Filling<T>(sizeOf, limit);
  const pump = filling.fillFrom(source);
  try {
    for (let batch = await filling.take(); batch.length > 0; batch = await filling.take()) yield batch;
    await pump;
  } finally {
    filling.stop();
  }
}

class Filling<T> {
  readonly #sizeOf: (item: T) => number;
  readonly #limit: BatchLimit;
  #items: T[] = [];
  #bytes = 0;
  #over = false;
  #wake: () => void = () => undefined;

  constructor(sizeOf: (item: T) => number, limit: BatchLimit) {
    this.#sizeOf = sizeOf;
    this.#limit = limit;
  }

  /** Resolves at the source's end, rejects with its error. */
  fillFrom(source: AsyncIterable<T>): Promise<void> {
    const done = this.#fill(source).finally(() => this.stop());
    // `batches` awaits it after the last batch; until then a failure only means that no more comes.
    done.catch(() => undefined);
    return done;
  }

  /** The next items; none at the end. */
  async take(): Promise<T[]> {
    while (this.#items.length === 0 && !this.#over) await this.#change();
    const batch = this.#items;
    this.#items = [];
    this.#bytes = 0;
    this.#wake();
    return batch;
  }

  stop(): void {
    this.#over = true;
    this.#wake();
  }

  async #fill(source: AsyncIterable<T>): Promise<void> {
    for await (const item of source) {
      this.#items.push(item);
      this.#bytes += this.#sizeOf(item);
      this.#wake();
      while (this.#isFull() && !this.#over) await this.#change();
      if (this.#over) return;
    }
  }

  #isFull(): boolean {
    return this.#items.length >= this.#limit.items || this.#bytes >= this.#limit.bytes;
  }

  /** Only one side ever waits: the taker for the first item, or the filler for room. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
