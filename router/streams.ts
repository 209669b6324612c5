/**
 * The streams of one target: what stays open by nature. A target in the table keeps them; one that left closes them after a limit,
 * counted from when it left.
 */
export class Streams {
  readonly #closers = new Set<() => void>();
  #leftMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  get size(): number {
    return this.#closers.size;
  }

  /** Counts a stream in; the function it returns counts it out. One that comes after the limit is closed at once. */
  open(close: () => void): () => void {
    this.#closers.add(close);
    // Not within this call: whoever opens it is not done with opening.
    if (this.#over) setImmediate(() => this.#closers.has(close) && close());
    return () => this.#closers.delete(close);
  }

  /** They are closed `limitMs` after the first call; another call changes the limit. */
  limit(limitMs: number): void {
    if (this.#over) return;
    this.#leftMs ??= performance.now();
    clearTimeout(this.#timer);
    const left = this.#leftMs + limitMs - performance.now();
    this.#timer = setTimeout(() => this.closeAll(), Math.max(0, left)).unref();
  }

  /** There is no limit any more. */
  lift(): void {
    clearTimeout(this.#timer);
    this.#leftMs = undefined;
    this.#over = false;
  }

  closeAll(): void {
    clearTimeout(this.#timer);
    this.#over = true;
    for (const close of [...this.#closers]) close();
  }
}
