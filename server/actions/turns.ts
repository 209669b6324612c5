/** Lines of people waiting, one a key: whoever is called has the turn until he gives it back. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Resolves when it is the caller's turn, in order of arrival, with the function that gives it back. */
  async take(key: string): Promise<() => void> {
    const before = this.#last.get(key) ?? Promise.resolve();
    let give: () => void = () => {};
    const mine = new Promise<void>((resolve) => {
      give = resolve;
    });
    const tail = before.then(() => mine);
    this.#last.set(key, tail);
    void tail.then(() => {
      if (this.#last.get(key) === tail) this.#last.delete(key);
    });
    await before;
    return give;
  }
}
