import type { Clock } from "./clock";
import type { FaultName } from "./fault";
import type { Limits } from "./limits";

/** What a request waits for just now. */
export interface Waiting {
  /** Whether all of the request was sent. */
  sent: boolean;
  answered: boolean;
  /** Streams are silent by nature. */
  isStream: boolean;
  /** Whether one side has not taken yet what was sent to it. */
  appIsBehind: boolean;
  clientIsBehind: boolean;
}

/** How long a request may stand still. */
export class Patience {
  readonly #clock: Clock;
  readonly #limits: Limits;
  #dueMs = 0;

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Something moved: what comes next has its whole time again. */
  touch(waitsForAnswer: boolean): void {
    this.#dueMs = this.#clock.after(waitsForAnswer ? this.#limits.firstByteMs : this.#limits.idleMs);
  }

  isOver(nowMs: number): boolean {
    return nowMs >= this.#dueMs;
  }
}

/** Who has let whom wait when patience is over; null where any time is right. `limited` is false for the platform's own API. */
export function blameFor(waiting: Waiting, limited: boolean): FaultName | null {
  if (!waiting.sent) return waiting.appIsBehind ? "idle" : "clientIdle";
  if (!waiting.answered) return limited ? "timeout" : null;
  if (waiting.isStream) return null;
  return waiting.clientIsBehind ? "clientIdle" : "idle";
}
