import { defaultDrain } from "../core/drain";
import type { Metrics } from "../core/metrics";
import type { AppRoute, Target } from "../core/route";
import { type Balance, plainBalance } from "./balance";
import type { Dialling } from "./connections";
import { TargetState } from "./target";

export interface PoolOptions {
  /** Called when a target that left the table has no request or no stream in flight any more. */
  onIdle: () => void;
  /** Milliseconds that only rise. */
  nowMs: () => number;
  /** A number in 0..1 (1 excluded). */
  random: () => number;
  dialling: Dialling;
}

/** All targets this router knows: those of its table, and those it still drains. */
export class Pool {
  readonly #options: PoolOptions;
  /** By app, by instance and address. */
  readonly #byApp = new Map<string, Map<string, TargetState>>();
  /** Those that serve or have left, few among many: reports look at no others. */
  readonly #busy = new Set<TargetState>();
  /** How long streams of an app may drain, by app id; of the last table. */
  readonly #streamsMs = new Map<string, number>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * Takes the targets of apps that a new table changes: keeps the state of the known ones, tells those that are not in it to leave. Their
   * streams may stay as long as the app's route says now; those of an app that is gone end at once.
   */
  take(
    apps: Readonly<Record<string, Pick<AppRoute, "targets" | "drain" | "http"> | null>>,
  ): Map<Target, TargetState> {
    const states = new Map<Target, TargetState>();
    for (const [appId, app] of Object.entries(apps)) {
      if (app === null) {
        this.#streamsMs.delete(appId);
        this.#letLeave(appId, new Set());
        continue;
      }
      const { targets, drain, http } = app;
      for (const target of targets) {
        const state = this.#stateOf(appId, target);
        state.connections.speak(http?.protocol ?? "http1");
        states.set(target, state);
      }
      this.#streamsMs.set(appId, (drain ?? defaultDrain).streamsMs);
      this.#letLeave(appId, new Set(targets.map((target) => states.get(target))));
    }
    return states;
  }

  /**
   * The one to send a request to: the one that `wanted` calls if it can be; else the less busy of two drawn at random, among those that are
   * not passed over; all of them when every one is. A new instance is in the draw the more often the older it is. Undefined when each was
   * tried before.
   */
  choose(
    states: readonly TargetState[],
    tried: ReadonlySet<TargetState>,
    { slowStartMs }: Pick<Balance, "slowStartMs"> = plainBalance,
    wanted?: string,
  ): TargetState | undefined {
    const [only] = states;
    if (states.length === 1 && only !== undefined) return tried.has(only) ? undefined : only;
    const good = this.#good(states, tried);
    if (good.length === 0) return undefined;
    const known = wanted === undefined ? undefined : good.find(({ token }) => token === wanted);
    if (known) return known;
    const from = slowStartMs === 0 ? good : orAll(good, this.#isInDraw(slowStartMs));
    const first = this.#draw(from);
    const second = this.#draw(from.length > 1 ? from.filter((state) => state !== first) : from);
    return first && second && second.inFlight < first.inFlight ? second : first;
  }

  /** The same for instances whose seats are counted elsewhere: those that `choose` would draw from first, and the others that will do. */
  candidates(
    states: readonly TargetState[],
    tried: ReadonlySet<TargetState>,
    { slowStartMs }: Pick<Balance, "slowStartMs">,
    wanted?: string,
  ): { first: TargetState[]; others: TargetState[] } {
    const good = this.#good(states, tried);
    const isWanted = (state: TargetState) => wanted !== undefined && state.token === wanted;
    const isFirst = good.some(isWanted) ? isWanted : this.#isInDraw(slowStartMs);
    const first = new Set(good.filter(isFirst));
    return { first: [...first], others: good.filter((state) => !first.has(state)) };
  }

  leaveOut(state: TargetState): void {
    state.leaveOut(this.#options.nowMs());
  }

  /** In flight by instance id, zeros left out. */
  inFlight(): Record<string, number> {
    return this.#sum((state) => state.inFlight);
  }

  /** How many of those in flight are streams, by instance id, zeros left out. */
  streams(): Record<string, number> {
    return this.#sum((state) => state.streams);
  }

  /** In flight by app and place, zeros left out: of one place there may be two that take turns. */
  inFlightByPlace(): Metrics["inFlight"] {
    const busy = [...this.#busy].filter((state) => state.inFlight > 0);
    return busy.map(({ appId, target, inFlight }) => ({ appId, instance: target.name, requests: inFlight }));
  }

  /** Apps of which a target that left still serves. */
  draining(): Set<string> {
    const apps = new Set<string>();
    for (const state of this.#busy) if (state.gone) apps.add(state.appId);
    return apps;
  }

  /** Closes connections that have been idle for long. */
  tick(): void {
    this.#each((state) => state.connections.closeOld());
  }

  /** Gives every stream the time that it would have if its instance had left now. */
  limitStreams(): void {
    this.#each((state) => state.limitStreams(this.#streamsMs.get(state.appId) ?? 0));
  }

  /** Closes every stream, of whichever app. */
  closeStreams(): void {
    this.#each((state) => state.closeStreams());
  }

  /** Those to try: not tried before, nor passed over while another is there. */
  #good(states: readonly TargetState[], tried: ReadonlySet<TargetState>): readonly TargetState[] {
    const now = this.#options.nowMs();
    const untried = tried.size === 0 ? states : states.filter((state) => !tried.has(state));
    return orAll(untried, (state) => !state.isLeftOut(now));
  }

  #isInDraw(slowStartMs: number): (state: TargetState) => boolean {
    const { nowMs, random } = this.#options;
    const now = nowMs();
    return (state) => slowStartMs === 0 || state.ageMs(now) >= slowStartMs * random();
  }

  #draw(from: readonly TargetState[]): TargetState | undefined {
    return from[Math.floor(this.#options.random() * from.length)];
  }

  #sum(count: (state: TargetState) => number): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const state of this.#busy) {
      const { instanceId } = state.target;
      if (count(state) > 0) sums[instanceId] = (sums[instanceId] ?? 0) + count(state);
    }
    return sums;
  }

  #each(act: (state: TargetState) => void): void {
    for (const states of this.#byApp.values()) states.forEach(act);
  }

  #stateOf(appId: string, target: Target): TargetState {
    const states = this.#byApp.get(appId) ?? new Map<string, TargetState>();
    this.#byApp.set(appId, states);
    const key = keyOf(target);
    const known = states.get(key);
    if (known) {
      if (known.gone) known.comeBack();
      return known;
    }
    const onIdle = () => {
      this.#forgetIdle(appId);
      this.#options.onIdle();
    };
    const state = new TargetState(appId, target, this.#options.dialling, onIdle, this.#busy);
    states.set(key, state);
    return state;
  }

  #letLeave(appId: string, present: ReadonlySet<TargetState | undefined>): void {
    const streamsMs = this.#streamsMs.get(appId) ?? 0;
    for (const state of this.#byApp.get(appId)?.values() ?? [])
      if (!present.has(state)) state.leave(streamsMs);
    this.#forgetIdle(appId);
  }

  #forgetIdle(appId: string): void {
    const states = this.#byApp.get(appId);
    if (!states) return;
    for (const [key, state] of states)
      if (state.gone && state.inFlight === 0) {
        states.delete(key);
        this.#busy.delete(state);
      }
    if (states.size === 0) this.#byApp.delete(appId);
  }
}

const keyOf = ({ instanceId, address, port }: Target): string => `${instanceId} ${address}:${port}`;

/** Those that fit, or all when none does. */
function orAll(
  states: readonly TargetState[],
  fits: (state: TargetState) => boolean,
): readonly TargetState[] {
  const fitting = states.filter(fits);
  return fitting.length > 0 ? fitting : states;
}
