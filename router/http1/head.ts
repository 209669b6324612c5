import { at, carriageReturn, lineFeed } from "./bytes";
import { Fields, lineEnd } from "./fields";
import { tooLarge } from "./refusal";

/** How much a head may hold. */
export interface HeadLimits {
  bytes: number;
  fields: number;
}

/** What Node.js apps take themselves, so that no request gets past us which the app then refuses for its size. */
export const defaultHeadLimits: HeadLimits = { bytes: 16_384, fields: 128 };

/**
 * Reads one head after the other from the chunks of a connection: a start line (none for trailers), field lines, an empty line.
 *
 * INVARIANTS: however the stream is cut into chunks, the same head or the same refusal comes of it: bytes are looked at in order, and
 * none after the head's end or its limit · nothing of a chunk is kept but by copy · however many chunks it comes in, a byte is looked at
 * a bounded number of times · a head that says byte by byte what the one before it said is not read again: it tells the same.
 */
export abstract class Head {
  readonly fields: Fields;
  readonly #limits: HeadLimits;
  readonly #hasStartLine: boolean;
  /** A head of which a part is there: so many bytes at the begin of a buffer that grows with it. */
  #begun: Buffer | undefined;
  #length = 0;
  /** Where the next line begins in it. */
  #line = 0;
  #startLineRead = false;
  /** The text of the last one, while what it told still holds; else empty. */
  #known = "";

  constructor(limits: HeadLimits, hasStartLine: boolean) {
    this.#limits = limits;
    this.#hasStartLine = hasStartLine;
    this.fields = new Fields(limits.fields);
  }

  /** Whether a head has begun and is not whole. */
  get partial(): boolean {
    return this.#begun !== undefined;
  }

  /**
   * Reads on in `chunk` from `from` to `to`. Returns the offset after the head when it is whole, else -1: then all of the chunk was
   * taken. Throws a `Refusal` for what is no valid head.
   */
  read(chunk: Buffer, from: number, to: number): number {
    if (from >= to) return -1;
    if (this.#begun !== undefined) return this.#goOn(this.#begun, chunk, from, to);
    return this.#isKnown(chunk, from, to) ? from + this.#known.length : this.#begin(chunk, from, to);
  }

  /** The next head is read whatever it says: what it tells hangs on more than its bytes. */
  protected forget(): void {
    this.#known = "";
  }

  /** Reads the start line at `from`, offsets counted from `base`; bytes before `seen` were looked at before. Returns as `Fields.read` does. */
  protected abstract readStartLine(
    bytes: Buffer,
    from: number,
    end: number,
    base: number,
    seen: number,
  ): number;

  /** The whole head is there, as `fields.text` from its start line to its empty line: what it says is judged. */
  protected abstract finish(): void;

  /** Most heads of another text end elsewhere, too, and are told apart by that. */
  #isKnown(chunk: Buffer, from: number, to: number): boolean {
    const known = this.#known;
    const end = from + known.length;
    if (known === "" || end > to || at(chunk, end - 1) !== lineFeed || at(chunk, end - 3) !== lineFeed)
      return false;
    return chunk.toString("latin1", from, end) === known;
  }

  #begin(chunk: Buffer, from: number, to: number): number {
    this.forget();
    this.fields.clear();
    this.#line = from;
    this.#startLineRead = !this.#hasStartLine;
    const next = this.#readFrom(chunk, from, to, from);
    if (next >= 0) return next;
    // A copy: the chunk may be a buffer that is read into again.
    this.#begun = Buffer.from(chunk.subarray(from, to));
    this.#length = to - from;
    this.#line -= from;
    return -1;
  }

  #goOn(begun: Buffer, chunk: Buffer, from: number, to: number): number {
    const seen = this.#length;
    const length = Math.min(this.#limits.bytes, seen + to - from);
    const joined = length <= begun.length ? begun : this.#grown(begun, length);
    chunk.copy(joined, seen, from, from + length - seen);
    const next = this.#readFrom(joined, 0, length, seen);
    this.#begun = next < 0 ? joined : undefined;
    this.#length = length;
    return next < 0 ? -1 : next - seen + from;
  }

  #grown(begun: Buffer, length: number): Buffer {
    const grown = Buffer.allocUnsafe(Math.min(this.#limits.bytes, 2 * length));
    begun.copy(grown, 0, 0, this.#length);
    return grown;
  }

  #readFrom(bytes: Buffer, base: number, to: number, seen: number): number {
    const end = Math.min(to, base + this.#limits.bytes);
    const next = this.#readLines(bytes, base, end, seen);
    if (next >= 0) {
      this.fields.text = bytes.toString("latin1", base, next);
      this.finish();
      this.#known = this.fields.text;
    } else if (end - base >= this.#limits.bytes) throw tooLarge("The head is too large.");
    return next;
  }

  /** Reads whole lines; returns the offset after the empty one, or -1. */
  #readLines(bytes: Buffer, base: number, end: number, seen: number): number {
    for (;;) {
      const line = this.#line;
      if (line >= end) return -1;
      if (this.#startLineRead && at(bytes, line) === carriageReturn) return lineEnd(bytes, line, end);
      const next = this.#startLineRead
        ? this.fields.read(bytes, line, end, base, seen)
        : this.readStartLine(bytes, line, end, base, seen);
      if (next < 0) return -1;
      this.#startLineRead = true;
      this.#line = next;
    }
  }
}
