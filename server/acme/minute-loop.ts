import { messageOf } from "../../core/error";
import type { Logger } from "../../core/logger";

const minuteMs = 60_000;

/** Looks at something every minute, and when it is nudged; one look at a time. */
export class MinuteLoop {
  readonly #look: () => Promise<void>;
  readonly #log: Logger;
  #looping: Promise<void> = Promise.resolve();
  #closing = false;
  #nudged = false;
  #wake: () => void = () => undefined;

  /** A look that fails is told, and the next one comes. */
  constructor(look: () => Promise<void>, log: Logger) {
    this.#look = look;
    this.#log = log;
  }

  start(): void {
    this.#looping = this.#loop();
  }

  /** There may be something to see now. */
  nudge(): void {
    this.#nudged = true;
    this.#wake();
  }

  /** Resolves when the look under way has ended. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#wake();
    await this.#looping;
  }

  async #loop(): Promise<void> {
    while (!this.#closing) {
      this.#nudged = false;
      try {
        await this.#look();
      } catch (error) {
        this.#log.warn({ err: messageOf(error) }, "certificates could not be looked after; trying again");
      }
      await this.#rest();
    }
  }

  /** Until the next minute, or a nudge; one that came during the last look counts. */
  async #rest(): Promise<void> {
    if (this.#nudged || this.#closing) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, minuteMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
