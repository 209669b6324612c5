import type { Target } from "../core/route";
import { TargetAgent } from "./connections";

/** How long a target that did not take a connection is passed over while others live. */
const leaveOutMs = 5_000;

/**
 * One target as this router knows it: its connections, its requests in flight, and whether it is passed over.
 *
 * INVARIANT: `inFlight` counts from the moment a request chose this target until the client's side of it is over,
 * so zero means that nobody waits for anything from it.
 */
export class TargetState {
  readonly target: Target;
  /** Connections that go back to the pool after use. */
  readonly pooled: TargetAgent;
  /** Connections for one request each: what must not meet a connection the app is just closing. */
  readonly single: TargetAgent;
  readonly #onIdle: () => void;
  #inFlight = 0;
  #gone = false;
  #leftOutUntilMs = 0;

  /** `onIdle` is called when the last request ends after the target left the table. */
  constructor(target: Target, onIdle: () => void) {
    this.target = target;
    this.pooled = new TargetAgent(target.address, target.port, { reuse: true });
    this.single = new TargetAgent(target.address, target.port, { reuse: false });
    this.#onIdle = onIdle;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Counts a request in; the function it returns counts it out, once. */
  begin(): () => void {
    this.#inFlight += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#inFlight -= 1;
      if (this.#gone && this.#inFlight === 0) this.#onIdle();
    };
  }

  /** Tells that the target left the table: its idle connections close now, the others after their response. */
  leave(): void {
    this.#gone = true;
    this.pooled.retire();
  }

  /** Undoes `leave` for a target that came back before it was forgotten. */
  comeBack(): void {
    this.#gone = false;
    this.pooled.revive();
  }

  isLeftOut(nowMs: number): boolean {
    return nowMs < this.#leftOutUntilMs;
  }

  leaveOut(nowMs: number): void {
    this.#leftOutUntilMs = nowMs + leaveOutMs;
  }

  /** It took a connection: it is as good as any other. */
  takeIn(): void {
    this.#leftOutUntilMs = 0;
  }
}
