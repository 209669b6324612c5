import { EventEmitter } from "node:events";

/** Tells, inside this process, that something about an app was committed. It carries no data: who hears it reads the store again. */
export class Notices {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  tell(appId: string): void {
    this.#emitter.emit(appId);
  }

  /** Calls back on each notice until the returned function is called. */
  on(appId: string, listener: () => void): () => void {
    this.#emitter.on(appId, listener);
    return () => this.#emitter.off(appId, listener);
  }

  /**
   * Yields once at the start and then once after each notice (several while the consumer was busy count as one),
   * until the signal aborts. Nothing between two reads of the store is missed.
   */
  async *changes(appId: string, signal: AbortSignal): AsyncGenerator<void> {
    let told = true;
    let wake = () => {};
    const off = this.on(appId, () => {
      told = true;
      wake();
    });
    const onAbort = () => wake();
    signal.addEventListener("abort", onAbort);
    try {
      while (!signal.aborted) {
        if (told) {
          told = false;
          yield;
        } else
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (told || signal.aborted) resolve();
          });
      }
    } finally {
      off();
      signal.removeEventListener("abort", onAbort);
    }
  }
}
