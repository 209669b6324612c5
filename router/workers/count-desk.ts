import type { OwnCounts } from "../admission/client-counts";
import type { CountAnswer, CountAsk } from "./count-messages";

interface UnderWay {
  appId: string;
  client: string;
  count: number;
}

/**
 * Counts the clients of all workers for them.
 * INVARIANT: what a worker has under way is given back when it is gone, however it ended.
 */
export class CountDesk<Worker extends object> {
  readonly #counts: OwnCounts;
  readonly #underWay = new Map<Worker, Map<string, UnderWay>>();

  constructor(counts: OwnCounts) {
    this.#counts = counts;
  }

  answer(worker: Worker, asks: readonly CountAsk[]): CountAnswer[] {
    return asks.flatMap((ask) => this.#answer(worker, ask));
  }

  gone(worker: Worker): void {
    for (const { appId, client, count } of this.#underWay.get(worker)?.values() ?? [])
      for (let left = count; left > 0; left -= 1) this.#counts.leave(appId, client);
    this.#underWay.delete(worker);
  }

  #answer(worker: Worker, ask: CountAsk): CountAnswer[] {
    const { appId, client } = ask;
    if (ask.kind === "take") return [[ask.id, this.#counts.take(appId, client, ask.rate)]];
    if (ask.kind === "enter") return [[ask.id, this.#enter(worker, appId, client, ask.most)]];
    this.#leave(worker, appId, client);
    return [];
  }

  #enter(worker: Worker, appId: string, client: string, most: number): boolean {
    if (!this.#counts.enter(appId, client, most)) return false;
    this.#add(worker, appId, client, 1);
    return true;
  }

  #leave(worker: Worker, appId: string, client: string): void {
    this.#counts.leave(appId, client);
    this.#add(worker, appId, client, -1);
  }

  #add(worker: Worker, appId: string, client: string, change: number): void {
    const ofWorker = this.#underWay.get(worker) ?? new Map<string, UnderWay>();
    this.#underWay.set(worker, ofWorker);
    const key = `${appId} ${client}`;
    const count = (ofWorker.get(key)?.count ?? 0) + change;
    if (count > 0) ofWorker.set(key, { appId, client, count });
    else ofWorker.delete(key);
  }
}
