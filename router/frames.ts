const closeOpcode = 0x8;

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455, 5.2) without keeping any of it, to know where a message ends.
 * Between messages means: no frame is under way, and no message has fragments to come.
 */
export class FrameTracker {
  /** Bytes of the present frame's head, while it is incomplete. */
  #head: number[] = [];
  /** Bytes of the present frame's payload (and mask) still to come. */
  #left = 0;
  #fragmented = false;
  #closed = false;

  /** True once a close frame has begun: nothing may follow it. */
  get closed(): boolean {
    return this.#closed;
  }

  get betweenMessages(): boolean {
    return this.#head.length === 0 && this.#left === 0 && !this.#fragmented;
  }

  /** Follows a chunk; returns the offset after the first message that ends in it, or -1. */
  push(chunk: Buffer): number {
    let boundary = -1;
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, chunk.length - offset);
        this.#left -= step;
        offset += step;
      } else {
        const whole = this.#head.length === 0 ? this.#readHead(chunk, offset) : 0;
        if (whole === 0) this.#gather(chunk[offset] ?? 0);
        offset += Math.max(1, whole);
      }
      if (boundary < 0 && this.betweenMessages) boundary = offset;
    }
    return boundary;
  }

  /** Reads a head that lies whole in the chunk: the common case. Returns its length; 0 when it is not whole. */
  #readHead(chunk: Buffer, from: number): number {
    const left = chunk.length - from;
    if (left < 2) return 0;
    const short = chunk.readUInt8(from + 1) & 0x7f;
    const length = headLength(short);
    if (left < length) return 0;
    const long = length === 2 ? 0 : chunk.readUIntBE(from + Math.max(2, length - 6), Math.min(6, length - 2));
    this.#announce(chunk.readUInt8(from), chunk.readUInt8(from + 1), long);
    return length;
  }

  /** Takes a byte of a head that came in pieces. */
  #gather(byte: number): void {
    this.#head.push(byte);
    const [first = 0, second = 0] = this.#head;
    if (this.#head.length < 2 || this.#head.length < headLength(second & 0x7f)) return;
    const long = this.#head.slice(2).reduce((sum, each) => sum * 256 + each, 0);
    this.#head = [];
    this.#announce(first, second, long);
  }

  /** `long` is the length that stands after the first two bytes, if one does. */
  #announce(first: number, second: number, long: number): void {
    const short = second & 0x7f;
    this.#left = (short < 126 ? short : long) + (second & 0x80 ? 4 : 0);
    const opcode = first & 0x0f;
    if (opcode === closeOpcode) this.#closed = true;
    // Control frames may stand between the fragments of a message and say nothing of it.
    if (opcode < closeOpcode) this.#fragmented = (first & 0x80) === 0;
  }
}

/** The bytes of a head whose second byte says `short` as its length. */
const headLength = (short: number): number => (short === 127 ? 10 : short === 126 ? 4 : 2);

/** A close frame with a status code. Those towards a server are masked; with zeros, which is a valid mask and keeps the bytes readable. */
export function closeFrame(code: number, options: { masked: boolean }): Buffer {
  const mask = options.masked ? [0, 0, 0, 0] : [];
  return Buffer.from([0x80 | closeOpcode, (options.masked ? 0x80 : 0) | 2, ...mask, code >> 8, code & 0xff]);
}
