import { type ClientCounts, type Rate, rateKey } from "../admission/client-counts";
import { Batch } from "./batch";
import type { CountAnswer, CountAsk } from "./count-messages";

const mostRefused = 10_000;

type Question = CountAsk extends infer Ask ? (Ask extends { id: number } ? Omit<Ask, "id"> : never) : never;

/**
 * A worker's clients, counted by its primary together with those of the other workers: a client with many connections is one client, wherever
 * they are. What is asked in one turn of the event loop goes in one message; who was told to come later is not asked for until then.
 */
export class CountsOfPrimary implements ClientCounts {
  readonly #asks: Batch<CountAsk>;
  readonly #nowMs: () => number;
  readonly #answers = new Map<number, (answer: number | boolean) => void>();
  readonly #refusedUntil = new Map<string, number>();
  #asked = 0;

  constructor(tell: (asks: CountAsk[]) => void, nowMs: () => number) {
    this.#asks = new Batch(tell);
    this.#nowMs = nowMs;
  }

  take(appId: string, client: string, rate: Rate): number | Promise<number> {
    const key = rateKey(appId, client, rate);
    const early = (this.#refusedUntil.get(key) ?? 0) - this.#nowMs();
    if (early > 0) return early;
    return this.#ask({ kind: "take", appId, client, rate }).then((answer) => this.#told(key, Number(answer)));
  }

  enter(appId: string, client: string, most: number): Promise<boolean> {
    return this.#ask({ kind: "enter", appId, client, most }).then(Boolean);
  }

  leave(appId: string, client: string): void {
    this.#asks.add({ kind: "leave", appId, client });
  }

  /** What the primary answers. */
  hear(answers: readonly CountAnswer[]): void {
    for (const [id, answer] of answers) {
      this.#answers.get(id)?.(answer);
      this.#answers.delete(id);
    }
  }

  #told(key: string, early: number): number {
    if (this.#refusedUntil.size >= mostRefused) this.#refusedUntil.clear();
    if (early > 0) this.#refusedUntil.set(key, this.#nowMs() + early);
    else this.#refusedUntil.delete(key);
    return early;
  }

  #ask(question: Question): Promise<number | boolean> {
    this.#asked += 1;
    const id = this.#asked;
    this.#asks.add({ ...question, id });
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }
}
