/** The last answers to questions whose answers never change. */
export class Remembered<T> {
  readonly #limit: number;
  readonly #answers = new Map<string, T>();

  /** At most `limit` answers are kept; the oldest goes first. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Asks unless the answer is known; a failure is not an answer. */
  async of(question: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    const answer = await ask();
    this.#answers.set(question, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > this.#limit && oldest !== undefined) this.#answers.delete(oldest);
    return answer;
  }
}
