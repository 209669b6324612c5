import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { Holder } from "./holder";
import type { Upstream } from "./upstream";

const sharedBytes = 65_536;
/** Of a long body's buffers: fewer reads and writes, and no more than a slow client may cost. */
const longBytes = 524_288;
/** How many of them wait for the next long body. */
const mostFree = 16;

/** A connection whose bytes go to the upstream that is attached to it. */
export interface Reading {
  socket: Socket;
  attach(upstream: Upstream): void;
}

/**
 * One buffer that all connections to apps are read into, instead of a new one for each read: what is short is over with before the next
 * read. A connection in the middle of a long body borrows one of its own, which then is sent on as it is; new ones for each body would have the
 * garbage collector at work for a quarter of all time.
 *
 * INVARIANT: whoever is handed bytes of the shared buffer copies what is kept longer than the call. A long body's buffer is read into, or
 * sent from, or free.
 */
export class ReadBuffer {
  readonly #shared = Buffer.allocUnsafeSlow(sharedBytes);
  readonly #free: Buffer[] = [];

  connect(place: NetConnectOpts): Reading {
    const reader = new Reader(this.#shared, this);
    const onread = { buffer: () => reader.next, callback: (length: number) => reader.read(length) };
    const socket = connect({ ...place, onread });
    return { socket, attach: (upstream) => reader.attach(upstream) };
  }

  borrow(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(longBytes);
  }

  giveBack(buffer: Buffer): void {
    if (this.#free.length < mostFree) this.#free.push(buffer);
  }
}

class Reader {
  readonly #shared: Buffer;
  readonly #lender: ReadBuffer;
  #upstream: Upstream | undefined;
  /** What the next read goes into. */
  next: Buffer;

  constructor(shared: Buffer, lender: ReadBuffer) {
    this.#shared = shared;
    this.#lender = lender;
    this.next = shared;
  }

  attach(upstream: Upstream): void {
    this.#upstream = upstream;
  }

  read(length: number): boolean {
    const upstream = this.#upstream;
    if (upstream === undefined) return true;
    const buffer = length < sharedBytes || this.next !== this.#shared ? this.next : this.#copied();
    upstream.lends = buffer === this.#shared;
    const holder = upstream.receive(buffer, length);
    if (!upstream.lends) this.#goOn(buffer, upstream, holder);
    return true;
  }

  /** A read that filled the shared buffer has more behind it. */
  #copied(): Buffer {
    const buffer = this.#lender.borrow();
    this.#shared.copy(buffer);
    return buffer;
  }

  /** The next read needs a buffer that nobody sends from. */
  #goOn(buffer: Buffer, upstream: Upstream, holder: Holder | undefined): void {
    holder?.whenSent(() => this.#lender.giveBack(buffer));
    if (upstream.inBody) this.next = holder ? this.#lender.borrow() : buffer;
    else {
      this.next = this.#shared;
      if (!holder) this.#lender.giveBack(buffer);
    }
  }
}
