import type { Target } from "../core/route";
import type { Dialling } from "./connections";
import { Connections } from "./connections";
import { stickyToken } from "./sticky";
import { Streams } from "./streams";

/** How long a target that did not take a connection is passed over while others live. */
const leaveOutMs = 5_000;

/**
 * One target as this router knows it: its connections, its requests in flight, and whether it is passed over.
 *
 * INVARIANT: `inFlight` counts from the moment a request chose this target until the client's side of it is over,
 * so zero means that nobody waits for anything from it. `streams` are those of them that drain within a limit of their own.
 */
export class TargetState {
  readonly appId: string;
  readonly target: Target;
  readonly connections: Connections;
  readonly #onIdle: () => void;
  readonly #streams = new Streams();
  readonly #busy: Set<TargetState>;
  #inFlight = 0;
  #gone = false;
  #leftOutUntilMs = 0;
  /** When this router heard of it first. */
  readonly #sinceMs: number;
  #token: string | undefined;

  /**
   * `onIdle` is called when the last request, or the last stream, ends after the target left the table. It is in `busy` while it serves
   * or has left.
   */
  constructor(
    appId: string,
    target: Target,
    dialling: Dialling,
    onIdle: () => void,
    busy: Set<TargetState> = new Set(),
  ) {
    this.appId = appId;
    this.target = target;
    this.connections = new Connections(target, dialling);
    this.#sinceMs = dialling.clock.nowMs;
    this.#onIdle = onIdle;
    this.#busy = busy;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** What cookies call it. */
  get token(): string {
    this.#token ??= stickyToken(this.appId, this.target.instanceId);
    return this.#token;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Counts a request in. */
  begin(): void {
    this.#inFlight += 1;
    if (this.#inFlight === 1) this.#busy.add(this);
  }

  /** Counts it out: once for each `begin`. */
  end(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0 && !this.#gone) this.#busy.delete(this);
    this.#tellIfIdle();
  }

  /** Counts a request that is in flight as a stream; the function it returns takes that back. */
  openStream(close: () => void): () => void {
    const end = this.#streams.open(close);
    this.#tellIfIdle();
    return end;
  }

  /** The target left the table: its idle connections close now, requests end, and streams are closed after `streamsMs`. */
  leave(streamsMs: number): void {
    if (!this.#gone) {
      this.#gone = true;
      this.#busy.add(this);
      this.connections.retire();
    }
    this.limitStreams(streamsMs);
  }

  /** Its streams are closed after `streamsMs`, counted from the first time that they had a limit. */
  limitStreams(streamsMs: number): void {
    this.#streams.limit(streamsMs);
  }

  /** Undoes `leave` for a target that came back before it was forgotten. */
  comeBack(): void {
    this.#gone = false;
    if (this.#inFlight === 0) this.#busy.delete(this);
    this.connections.revive();
    this.#streams.lift();
  }

  /** Closes its streams now. */
  closeStreams(): void {
    this.#streams.closeAll();
  }

  /** For how long this router has known it. */
  ageMs(nowMs: number): number {
    return nowMs - this.#sinceMs;
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

  /** Requests and streams are each waited for, so the end of either is news. */
  #tellIfIdle(): void {
    if (this.#gone && (this.#inFlight === 0 || this.#inFlight === this.streams)) this.#onIdle();
  }
}
