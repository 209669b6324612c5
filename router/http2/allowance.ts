/**
 * So much at once, and so much a second in the long run.
 *
 * What is spent is given back with time, never more than was spent.
 */
export class Allowance {
  readonly #burst: number;
  readonly #perSecond: number;
  #spent = 0;
  #atMs: number;

  constructor({ burst, perSecond }: { burst: number; perSecond: number }, nowMs: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#atMs = nowMs;
  }

  /** Spends an amount, or takes a negative one back. */
  spend(amount: number): void {
    this.#spent = Math.max(0, this.#spent + amount);
  }

  /** Whether more was spent than is allowed, and `besides` on top of it. */
  isOver(nowMs: number, besides = 0): boolean {
    const given = ((nowMs - this.#atMs) / 1_000) * this.#perSecond;
    this.#atMs = nowMs;
    this.spend(-given);
    return this.#spent > this.#burst + besides;
  }
}
