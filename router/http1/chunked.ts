import type { BodySink } from "./body-sink";
import { at, carriageReturn, hexDigit, lineFeed, nameByte, of } from "./bytes";
import { Head, type HeadLimits } from "./head";
import { malformed } from "./refusal";

/** 2^52 bytes: what can be counted exactly. */
const mostDigits = 13;
/** Of all chunks of a body together. A body of many tiny chunks with long extensions would cost more than it carries. */
const mostExtensionBytes = 16_384;
const semicolon = 0x3b;
const equals = 0x3d;

/** The fields after the last chunk. */
export class Trailers extends Head {
  constructor(limits: HeadLimits) {
    super(limits, false);
  }

  protected override readStartLine(): number {
    throw new Error("trailers have no start line");
  }

  protected override finish(): void {}
}

/** What comes next: `extension` is a name after `;`, `value` one after `=`; `name` and `token` go on with what has begun. */
type State =
  | "size"
  | "digits"
  | "extension"
  | "name"
  | "value"
  | "token"
  | "sizeEnd"
  | "data"
  | "dataEnd"
  | "dataEnded"
  | "trailers";

/**
 * Reads a body in chunks (RFC 9112, 7.1). Extensions are checked and left away: whoever does not know them must ignore them.
 * Stricter than the RFC: an extension's value is a token, no quoted string.
 */
export class ChunkReader {
  readonly trailers: Trailers;
  #state: State = "size";
  #left = 0;
  #digits = 0;
  #extensionBytes = 0;

  constructor(limits: HeadLimits) {
    this.trailers = new Trailers(limits);
  }

  /** Makes ready for a new body. */
  begin(): void {
    this.#state = "size";
    this.#left = 0;
    this.#digits = 0;
    this.#extensionBytes = 0;
    this.trailers.fields.clear();
  }

  /** Reads on; hands data to the sink. Returns the offset after the body when it ends here, else -1. Throws a `Refusal`. */
  read(bytes: Buffer, from: number, to: number, sink: BodySink): number {
    let offset = from;
    while (offset < to) {
      if (this.#state === "trailers") return this.trailers.read(bytes, offset, to);
      if (this.#state === "data") {
        const end = Math.min(to, offset + this.#left);
        this.#left -= end - offset;
        if (this.#left === 0) this.#state = "dataEnd";
        sink.onBody(bytes, offset, end);
        offset = end;
      } else {
        this.#step(at(bytes, offset));
        offset += 1;
      }
    }
    return -1;
  }

  #step(byte: number): void {
    if (this.#state === "size" || this.#state === "digits") this.#readSize(byte);
    else if (this.#state === "dataEnd") this.#expect(byte, carriageReturn, "dataEnded");
    else if (this.#state === "dataEnded") this.#expect(byte, lineFeed, "size");
    else if (this.#state === "sizeEnd") {
      this.#expect(byte, lineFeed, this.#left === 0 ? "trailers" : "data");
      this.#digits = 0;
    } else this.#readExtension(byte);
  }

  #readSize(byte: number): void {
    const digit = of(hexDigit, byte);
    if (digit > 0) {
      this.#digits += 1;
      if (this.#digits > mostDigits) throw malformed("A chunk is too large.");
      this.#left = (this.#state === "size" ? 0 : this.#left * 16) + digit - 1;
      this.#state = "digits";
    } else if (this.#state === "size") throw malformed("A chunk has no size.");
    else if (byte === carriageReturn) this.#state = "sizeEnd";
    else if (byte === semicolon) this.#state = "extension";
    else throw malformed("A chunk's size is no number.");
  }

  /** `;name` or `;name=token`, any number of them. */
  #readExtension(byte: number): void {
    const state = this.#state;
    this.#extensionBytes += 1;
    if (this.#extensionBytes > mostExtensionBytes) throw malformed("There are too many chunk extensions.");
    if (of(nameByte, byte) !== 0) this.#state = state === "extension" || state === "name" ? "name" : "token";
    else if (state === "extension" || state === "value") throw malformed("A chunk extension is malformed.");
    else if (byte === equals && state === "name") this.#state = "value";
    else if (byte === semicolon) this.#state = "extension";
    else if (byte === carriageReturn) this.#state = "sizeEnd";
    else throw malformed("A chunk extension is malformed.");
  }

  #expect(byte: number, expected: number, next: State): void {
    if (byte !== expected) throw malformed("A chunk does not end where it should.");
    this.#state = next;
  }
}
