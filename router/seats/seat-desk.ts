import type { SeatWish } from "./seats";

/** Told the instance, or null when the line is full. */
type Told = (instanceId: string | null) => void;

/** A request in line. */
export interface Waiting {
  readonly holder: object;
  readonly wish: SeatWish;
  readonly told: Told;
}

interface AppSeats {
  /** Taken ones, by instance. */
  readonly taken: Map<string, number>;
  readonly line: Set<Waiting>;
}

/**
 * The seats of all instances, and who waits for one. It counts what was asked of it, so that a seat has one owner, in whichever process.
 *
 * INVARIANT: what a holder has taken, and his place in every line, is given back when he is gone, however he ended.
 */
export class SeatDesk {
  readonly #random: () => number;
  readonly #apps = new Map<string, AppSeats>();
  /** Taken seats by holder: app and instance -> how many. */
  readonly #held = new Map<object, Map<string, { appId: string; instanceId: string; count: number }>>();

  /** `random` gives numbers in 0..1 (1 excluded). */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Takes a seat for one request of `holder`, who is told at once, or stands in line and is told later: then that place is returned. */
  ask(holder: object, wish: SeatWish, told: Told): Waiting | undefined {
    const app = this.#appOf(wish.appId);
    const instanceId = this.#free(app, wish, wish.first) ?? this.#free(app, wish, wish.others);
    if (instanceId !== undefined) {
      this.#take(holder, wish.appId, instanceId);
      told(instanceId);
      return undefined;
    }
    if (app.line.size >= wish.queue) {
      told(null);
      return undefined;
    }
    const waiting = { holder, wish, told };
    app.line.add(waiting);
    return waiting;
  }

  giveUp(waiting: Waiting): void {
    const { appId } = waiting.wish;
    this.#apps.get(appId)?.line.delete(waiting);
    this.#tidy(appId);
  }

  /** Gives one seat back: the next in line that may have it gets it. */
  leave(holder: object, appId: string, instanceId: string): void {
    if (!this.#count(holder, appId, instanceId, -1)) return;
    const app = this.#appOf(appId);
    const left = (app.taken.get(instanceId) ?? 0) - 1;
    if (left > 0) app.taken.set(instanceId, left);
    else app.taken.delete(instanceId);
    this.#seatNext(app, instanceId);
    this.#tidy(appId);
  }

  gone(holder: object): void {
    for (const { line } of this.#apps.values())
      for (const waiting of line) if (waiting.holder === holder) line.delete(waiting);
    for (const { appId, instanceId, count } of [...(this.#held.get(holder)?.values() ?? [])])
      for (let left = count; left > 0; left -= 1) this.leave(holder, appId, instanceId);
    this.#held.delete(holder);
    for (const appId of [...this.#apps.keys()]) this.#tidy(appId);
  }

  /** The one with the fewest requests of those that have room. */
  #free({ taken }: AppSeats, { most }: SeatWish, instanceIds: readonly string[]): string | undefined {
    const busy = (id: string) => taken.get(id) ?? 0;
    const fewest = Math.min(...instanceIds.map(busy));
    if (fewest >= most) return undefined;
    const idlest = instanceIds.filter((id) => busy(id) === fewest);
    return idlest[Math.floor(this.#random() * idlest.length)];
  }

  #seatNext({ taken, line }: AppSeats, instanceId: string): void {
    for (const waiting of line) {
      const { holder, wish, told } = waiting;
      const suits = wish.first.includes(instanceId) || wish.others.includes(instanceId);
      if (!suits || (taken.get(instanceId) ?? 0) >= wish.most) continue;
      line.delete(waiting);
      this.#take(holder, wish.appId, instanceId);
      told(instanceId);
      return;
    }
  }

  #take(holder: object, appId: string, instanceId: string): void {
    const { taken } = this.#appOf(appId);
    taken.set(instanceId, (taken.get(instanceId) ?? 0) + 1);
    this.#count(holder, appId, instanceId, 1);
  }

  /** Changes what a holder has; false when he would have less than nothing. */
  #count(holder: object, appId: string, instanceId: string, change: number): boolean {
    const held = this.#held.get(holder) ?? new Map();
    const key = `${appId} ${instanceId}`;
    const count = (held.get(key)?.count ?? 0) + change;
    if (count < 0) return false;
    if (count > 0) held.set(key, { appId, instanceId, count });
    else held.delete(key);
    if (held.size > 0) this.#held.set(holder, held);
    else this.#held.delete(holder);
    return true;
  }

  #appOf(appId: string): AppSeats {
    const known = this.#apps.get(appId);
    if (known) return known;
    const app = { taken: new Map<string, number>(), line: new Set<Waiting>() };
    this.#apps.set(appId, app);
    return app;
  }

  #tidy(appId: string): void {
    const app = this.#apps.get(appId);
    if (app?.taken.size === 0 && app.line.size === 0) this.#apps.delete(appId);
  }
}
