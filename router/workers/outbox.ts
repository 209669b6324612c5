import type { FromWorker } from "./messages";

/** Takes batches of access lines to the primary; counts what is under way, as a stream would. */
export class Outbox {
  readonly #tell: (message: FromWorker, onSent: () => void) => void;
  #waiting = 0;
  #onSent: (() => void) | undefined;

  constructor(tell: (message: FromWorker, onSent: () => void) => void) {
    this.#tell = tell;
  }

  /** Bytes that were not sent yet. */
  get writableLength(): number {
    return this.#waiting;
  }

  write(lines: Buffer): void {
    this.#waiting += lines.length;
    this.#tell({ kind: "lines", lines }, () => {
      this.#waiting -= lines.length;
      if (this.#waiting === 0) this.#onSent?.();
    });
  }

  /** Resolves when all that was written has been sent. */
  async sent(): Promise<void> {
    if (this.#waiting === 0) return;
    await new Promise<void>((resolve) => {
      this.#onSent = resolve;
    });
  }
}
