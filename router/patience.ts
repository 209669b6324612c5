import type { HttpPolicy } from "../core/http-policy";
import { BodyWatch } from "./admission/body-watch";
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
  #idleMs: number;
  #firstByteMs: number;
  #dueMs = 0;
  #limited = false;
  #body: BodyWatch | undefined;

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock;
    this.#idleMs = limits.idleMs;
    this.#firstByteMs = limits.firstByteMs;
  }

  /** Something moved: what comes next has its whole time again. */
  touch(waitsForAnswer: boolean): void {
    this.#dueMs = this.#clock.after(waitsForAnswer ? this.#firstByteMs : this.#idleMs);
  }

  /** For a request to an app: what that wants of it. Others, of the platform's own API, may take their time to answer. */
  limit(policy: HttpPolicy | undefined, hasBody: boolean): void {
    this.#limited = true;
    if (policy?.idleMs !== undefined) this.#idleMs = policy.idleMs;
    if (hasBody) this.#body = new BodyWatch(policy, this.#clock.nowMs);
  }

  /** For a gRPC call: how long it may take is for its client to say (its deadline), and messages come when they come. */
  limitCall(policy: HttpPolicy | undefined): void {
    this.limit({ bodyRate: 0, idleMs: Number.POSITIVE_INFINITY, ...policy }, true);
    this.#firstByteMs = this.#idleMs;
  }

  /** Counts a part of the body; false when it is too large with it. */
  takesBody(bytes: number): boolean {
    return this.#body?.takes(bytes) ?? true;
  }

  /** Whether nothing has moved for as long as it may. */
  isOver(nowMs: number): boolean {
    return nowMs >= this.#dueMs;
  }

  /** Who has let whom wait for too long; null while that is nobody. */
  faultAt(nowMs: number, waiting: Waiting): FaultName | null {
    const { sent, answered, appIsBehind } = waiting;
    if (!sent && this.#body?.isSlow(nowMs, !answered && !appIsBehind)) return "clientSlow";
    return this.isOver(nowMs) ? blameFor(waiting, this.#limited) : null;
  }
}

/** Who has let whom wait when patience is over; null where any time is right. `limited` is false for the platform's own API. */
function blameFor(waiting: Waiting, limited: boolean): FaultName | null {
  if (!waiting.sent) return waiting.appIsBehind ? "idle" : "clientIdle";
  if (!waiting.answered) return limited ? "timeout" : null;
  if (waiting.isStream) return null;
  return waiting.clientIsBehind ? "clientIdle" : "idle";
}
