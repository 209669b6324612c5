import type { HttpPolicy } from "../../core/http-policy";

/** Bytes a second that a request's body comes with at least, and for how long it is not looked at. */
const defaultRate = 100;
const graceMs = 20_000;

/** One request's body as it comes: how large it gets, and how fast it is sent while we are ready to take it. */
export class BodyWatch {
  readonly #most: number;
  readonly #perMs: number;
  #bytes = 0;
  #waitedMs = 0;
  #lookedAtMs: number;

  constructor(policy: HttpPolicy | undefined, nowMs: number) {
    this.#most = policy?.bodyBytes ?? Number.POSITIVE_INFINITY;
    this.#perMs = (policy?.bodyRate ?? defaultRate) / 1_000;
    this.#lookedAtMs = nowMs;
  }

  /** Counts a part; false when the body is too large with it. */
  takes(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes <= this.#most;
  }

  /** Whether it comes too slowly. Time in which the client had to wait (`isAwaited` false) is not counted. */
  isSlow(nowMs: number, isAwaited: boolean): boolean {
    if (isAwaited) this.#waitedMs += nowMs - this.#lookedAtMs;
    this.#lookedAtMs = nowMs;
    return this.#waitedMs > graceMs && this.#bytes < this.#waitedMs * this.#perMs;
  }
}
