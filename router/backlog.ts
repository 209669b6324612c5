import type { Clock, Watched } from "./clock";

/** A request that waits. */
export interface Waiter {
  /** Looks again for a target. */
  retry(): void;
  /** It has waited for too long. */
  giveUp(): void;
}

/** Requests of one app that wait for a seat at an instance, or for the app to be there at all, in the order in which they came. */
export class Backlog {
  /** How many may wait. */
  most = 0;
  /** Each with the time at which it has waited for too long. */
  readonly #waiting = new Map<Waiter, number>();

  get length(): number {
    return this.#waiting.size;
  }

  /** False when too many wait already. */
  join(waiter: Waiter, dueMs: number): boolean {
    if (this.#waiting.size >= this.most) return false;
    this.#waiting.set(waiter, dueMs);
    return true;
  }

  leave(waiter: Waiter): void {
    this.#waiting.delete(waiter);
  }

  /** Where requests go has changed: each looks again. */
  wake(): void {
    const waiters = [...this.#waiting.keys()];
    this.#waiting.clear();
    for (const waiter of waiters) waiter.retry();
  }

  giveUp(nowMs: number): void {
    for (const [waiter, dueMs] of this.#waiting) {
      if (nowMs < dueMs) continue;
      this.#waiting.delete(waiter);
      waiter.giveUp();
    }
  }
}

/** The backlogs of all apps that have one. */
export class Backlogs implements Watched {
  readonly #byApp = new Map<string, Backlog>();

  constructor(clock: Clock) {
    clock.watch(this);
  }

  /** That of an app, with room for so many. */
  of(appId: string, most: number): Backlog {
    const backlog = this.#byApp.get(appId) ?? new Backlog();
    backlog.most = most;
    this.#byApp.set(appId, backlog);
    return backlog;
  }

  /** Apps' routes have changed: whoever waits for one looks again. Those of apps that need none any more are let go of. */
  wake(appIds: readonly string[], present: (appId: string) => Backlog | undefined): void {
    for (const appId of appIds) {
      const backlog = this.#byApp.get(appId);
      if (!backlog) continue;
      backlog.wake();
      if (present(appId) !== backlog) this.#byApp.delete(appId);
    }
  }

  tick(nowMs: number): void {
    for (const backlog of this.#byApp.values()) backlog.giveUp(nowMs);
  }
}
