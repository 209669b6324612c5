import type { Target } from "../core/route";
import { TargetState } from "./target";

export interface PoolOptions {
  /** Called when a target that left the table has no request in flight any more. */
  onIdle: () => void;
  /** Milliseconds that only rise. */
  nowMs: () => number;
  /** A number in 0..1 (1 excluded). */
  random: () => number;
}

/** All targets this router knows: those of its table, and those it still drains. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #states = new Map<string, TargetState>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Takes the targets of a new table: keeps the state of the known ones, tells those that are not in it to leave. */
  take(targets: readonly Target[]): Map<Target, TargetState> {
    const states = new Map(targets.map((target) => [target, this.#stateOf(target)]));
    const present = new Set(states.values());
    for (const state of this.#states.values()) if (!present.has(state) && !state.gone) state.leave();
    this.#forgetIdle();
    return states;
  }

  /**
   * The one to send a request to: the less busy of two drawn at random, among those that are not passed over; all of them when every
   * one is. Undefined when each was tried before.
   */
  choose(states: readonly TargetState[], tried: ReadonlySet<TargetState>): TargetState | undefined {
    const now = this.#options.nowMs();
    const untried = tried.size === 0 ? states : states.filter((state) => !tried.has(state));
    const good = untried.filter((state) => !state.isLeftOut(now));
    const from = good.length > 0 ? good : untried;
    const first = this.#draw(from);
    const second = this.#draw(from.length > 1 ? from.filter((state) => state !== first) : from);
    return first && second && second.inFlight < first.inFlight ? second : first;
  }

  leaveOut(state: TargetState): void {
    state.leaveOut(this.#options.nowMs());
  }

  /** In flight by instance id, zeros left out. */
  inFlight(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { target, inFlight } of this.#states.values())
      if (inFlight > 0) counts[target.instanceId] = (counts[target.instanceId] ?? 0) + inFlight;
    return counts;
  }

  #draw(from: readonly TargetState[]): TargetState | undefined {
    return from[Math.floor(this.#options.random() * from.length)];
  }

  #stateOf(target: Target): TargetState {
    const key = `${target.instanceId} ${target.address}:${target.port}`;
    const known = this.#states.get(key);
    if (known) {
      if (known.gone) known.comeBack();
      return known;
    }
    const state = new TargetState(target, () => {
      this.#forgetIdle();
      this.#options.onIdle();
    });
    this.#states.set(key, state);
    return state;
  }

  #forgetIdle(): void {
    for (const [key, state] of this.#states) if (state.gone && state.inFlight === 0) this.#states.delete(key);
  }
}
