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
        this.#head.push(chunk[offset] ?? 0);
        offset += 1;
        this.#endHead();
      }
      if (boundary < 0 && this.betweenMessages) boundary = offset;
    }
    return boundary;
  }

  /** Turns a complete head into what it announces. */
  #endHead(): void {
    const [first = 0, second = 0] = this.#head;
    if (this.#head.length < 2) return;
    const short = second & 0x7f;
    const extra = short === 127 ? 8 : short === 126 ? 2 : 0;
    if (this.#head.length < 2 + extra) return;
    const length = this.#head.slice(2).reduce((sum, byte) => sum * 256 + byte, 0);
    this.#left = (extra === 0 ? short : length) + (second & 0x80 ? 4 : 0);
    this.#head = [];
    const opcode = first & 0x0f;
    if (opcode === closeOpcode) this.#closed = true;
    // Control frames may stand between the fragments of a message and say nothing of it.
    if (opcode < closeOpcode) this.#fragmented = (first & 0x80) === 0;
  }
}

/** A close frame with a status code. Those towards a server are masked; with zeros, which is a valid mask and keeps the bytes readable. */
export function closeFrame(code: number, options: { masked: boolean }): Buffer {
  const mask = options.masked ? [0, 0, 0, 0] : [];
  return Buffer.from([0x80 | closeOpcode, (options.masked ? 0x80 : 0) | 2, ...mask, code >> 8, code & 0xff]);
}
