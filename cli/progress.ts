import { harmless } from "./table";
import type { World } from "./world";

/** One act under way on stderr: `Setting A and restarting shop... done, v10`; on a terminal with what happens just now. */
export class Progress {
  readonly #text: string;
  readonly #world: World;

  constructor(world: World, text: string) {
    this.#world = world;
    this.#text = `${harmless(text)}... `;
    world.stderr.write(this.#text);
  }

  /** Shows what happens just now, on a terminal only. */
  show(line: string): void {
    const { stderr } = this.#world;
    if (!stderr.isTTY) return;
    const room = (stderr.columns ?? 80) - this.#text.length - 1;
    const news = harmless(line).replace(/^[-> !]+/, "");
    stderr.write(`\r\x1b[K${this.#text}${room > 10 ? news.slice(0, room) : ""}`);
  }

  end(outcome: string): void {
    const { stderr } = this.#world;
    stderr.write(stderr.isTTY ? `\r\x1b[K${this.#text}${outcome}\n` : `${outcome}\n`);
  }

  /** Runs an act to its end; `failed` is said when it throws. */
  static async of<T>(
    world: World,
    text: string,
    act: (progress: Progress) => Promise<T>,
    done: (value: T) => string = () => "done",
  ): Promise<T> {
    const progress = new Progress(world, text);
    try {
      const value = await act(progress);
      progress.end(done(value));
      return value;
    } catch (error) {
      progress.end("failed");
      throw error;
    }
  }
}
