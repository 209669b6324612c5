import { harmless } from "./table";
import type { World } from "./world";

/** The alternate screen without a cursor, and back. */
const [enter, leave] = ["\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"];
/** To the first place; each line is wiped before it is written, and what is below the last one after it, so that nothing flickers. */
const [home, wipeLine, wipeBelow] = ["\x1b[H", "\x1b[K", "\x1b[J"];

/**
 * Shows texts one in the place of the other on a terminal, which then is as it was before; elsewhere one after the other. A terminal that
 * changes its size gets the present one anew.
 */
export class LiveView {
  readonly #out: World["stdout"];
  readonly #isScreen: boolean;
  readonly #forgetSize: () => void;
  #lines: string[] = [];
  #entered = false;

  constructor({ stdout, settings, onSignal }: Pick<World, "stdout" | "settings" | "onSignal">) {
    this.#out = stdout;
    this.#isScreen = stdout.isTTY === true && settings.terminal !== "dumb";
    this.#forgetSize = onSignal("SIGWINCH", () => this.#entered && this.#draw());
  }

  /** What a terminal shows until there is something to show. */
  begin(text: string): void {
    if (this.#isScreen) this.show([text]);
  }

  /** As much as there is room for. */
  show(lines: string[]): void {
    this.#lines = lines.map(harmless);
    if (this.#isScreen) this.#draw();
    else this.#out.write(`${this.#lines.join("\n")}\n\n`);
  }

  end(): void {
    this.#forgetSize();
    if (this.#entered) this.#out.write(leave);
  }

  #draw(): void {
    const { rows = 24, columns = 80 } = this.#out;
    const room = fitting(this.#lines, rows - 1).map((line) => `${wipeLine}${line.slice(0, columns)}\n`);
    this.#out.write(`${this.#entered ? "" : enter}${home}${room.join("")}${wipeBelow}`);
    this.#entered = true;
  }
}

/** As many lines as there is room for; the last one then says how many there are besides. */
function fitting(lines: string[], room: number): string[] {
  if (lines.length <= room) return lines;
  const shown = lines.slice(0, Math.max(0, room - 1));
  return [...shown, `... and ${lines.length - shown.length} more`].slice(0, room);
}
