import type { Writable } from "node:stream";
import type { Holder } from "./holder";
import type { Gathering, Turn } from "./turn";

/** Up to this much leaves as one string, which Node writes without a buffer of its own: head and small body in one packet. */
const smallBytes = 12_288;

/** What one side of a connection is sent within one turn, gathered so that it leaves in one write. */
export class Outlet implements Gathering, Holder {
  readonly #to: Writable;
  readonly #turn: Turn;
  #text = "";
  #written: (() => void) | undefined;
  #corked = false;
  #promised = false;
  /** What to do when the buffers that were handed over are sent. */
  #frees: (() => void)[] = [];
  #hasForeign = false;
  readonly #onSent = (error?: Error | null) => {
    if (!error && !this.holds) this.#free();
  };

  constructor(to: Writable, turn: Turn) {
    this.#to = to;
    this.#turn = turn;
  }

  /** Bytes that the system has not taken yet. */
  get waiting(): number {
    return this.#to.writableLength + this.#text.length;
  }

  /** Whether buffers that were handed over may still be needed. */
  get holds(): boolean {
    if (this.#to.writableLength === 0) this.#hasForeign = false;
    return this.#hasForeign;
  }

  whenSent(free: () => void): void {
    this.#frees.push(free);
  }

  /** One character a byte. */
  text(text: string): void {
    this.#text += text;
  }

  /** `lent` bytes are copied if they cannot be sent with the text. */
  bytes(bytes: Buffer, from: number, to: number, lent: boolean): void {
    if (this.#text.length + to - from <= smallBytes) {
      this.#text += bytes.toString("latin1", from, to);
      return;
    }
    if (!this.#corked) this.#to.cork();
    this.#corked = true;
    this.#sendText();
    const part = bytes.subarray(from, to);
    this.#hasForeign ||= !lent;
    if (lent) this.#to.write(Buffer.from(part));
    else this.#to.write(part, this.#onSent);
  }

  /**
   * Has what was gathered sent at the end of this turn; what is long goes now, so that nothing of it has to be kept. `written` is called
   * when the system has taken all of it, and not before this call returns.
   */
  flush(written?: () => void): void {
    this.#written = written ?? this.#written;
    if (this.#corked) this.#sendAll();
    if (!this.#promised && (this.#text !== "" || written)) {
      this.#promised = true;
      this.#turn.add(this);
    }
  }

  /** Sends what was gathered now. */
  send(): void {
    this.#promised = false;
    this.#sendAll();
    const written = this.#written;
    if (written === undefined) return;
    this.#written = undefined;
    // Mostly the system takes all at once: a callback, and a tick of its own, for each answer would cost more than its text.
    if (this.#to.writableLength > 0) this.#to.write("", "latin1", (error) => !error && written());
    else if (this.#to.errored === null && !this.#to.destroyed) written();
  }

  /** Forgets the text that was not sent. */
  clear(): void {
    this.#text = "";
  }

  #free(): void {
    const frees = this.#frees;
    this.#frees = [];
    for (const free of frees) free();
  }

  #sendAll(): void {
    this.#sendText();
    if (this.#corked) this.#to.uncork();
    this.#corked = false;
  }

  #sendText(): void {
    if (this.#text === "") return;
    this.#to.write(this.#text, "latin1");
    this.#text = "";
  }
}
