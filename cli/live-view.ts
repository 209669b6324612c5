import { harmless } from "./table";
import type { World } from "./world";

const [enter, home, leave] = ["\x1b[?1049h\x1b[?25l", "\x1b[H\x1b[J", "\x1b[?25h\x1b[?1049l"];

/** Shows texts one in the place of the other on a terminal, which then is as it was before; elsewhere one after the other. */
export class LiveView {
  readonly #out: World["stdout"];
  #entered = false;

  constructor(out: World["stdout"]) {
    this.#out = out;
  }

  /** As many lines as there is room for. */
  show(lines: string[]): void {
    if (!this.#out.isTTY) {
      this.#out.write(`${lines.map(harmless).join("\n")}\n\n`);
      return;
    }
    const { rows = 24, columns = 80 } = this.#out;
    const room = lines.slice(0, rows - 1).map((line) => harmless(line).slice(0, columns));
    this.#out.write(`${this.#entered ? "" : enter}${home}${room.join("\n")}`);
    this.#entered = true;
  }

  end(): void {
    if (this.#entered) this.#out.write(leave);
  }
}
