const batchBytes = 65_536;
const batchMs = 200;
/** What waits for a reader that is behind; what comes on top of it is left away. */
const mostWaiting = 4 * 1_048_576;

/** What takes batches: a stream, or another way out of the process. */
export interface LineSink {
  write(batch: Buffer): unknown;
  /** Bytes that wait in it. */
  readonly writableLength?: number;
}

/**
 * Writes access lines to a stream in batches. A line is copied into the batch at once: thousands of strings kept for a moment would cost
 * the garbage collector more than the requests they tell of.
 */
export class LineWriter {
  readonly #out: LineSink;
  #batch = Buffer.allocUnsafeSlow(batchBytes);
  #used = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(out: LineSink) {
    this.#out = out;
  }

  /** Takes a line in ASCII, of at most a few thousand characters. */
  add(line: string): void {
    if (this.#used + line.length + 1 > batchBytes) this.flush();
    this.#used += this.#batch.write(`${line}\n`, this.#used, "latin1");
    this.#timer ??= setTimeout(() => this.flush(), batchMs).unref();
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#batch.subarray(0, this.#used);
    if (batch.length === 0) return;
    this.#used = 0;
    if ((this.#out.writableLength ?? 0) > mostWaiting) return;
    this.#batch = Buffer.allocUnsafeSlow(batchBytes);
    this.#out.write(batch);
  }
}
