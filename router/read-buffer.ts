import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { Upstream } from "./upstream";

const bufferBytes = 65_536;
/** Of a buffer of its own: fewer reads and writes for a long body, and no more than a slow client may cost. */
const ownBytes = 131_072;

/** A connection whose bytes go to the upstream that is attached to it. */
export interface Reading {
  socket: Socket;
  attach(upstream: Upstream): void;
}

/**
 * One buffer that all connections to apps are read into, instead of a new one for each read: what is short is over with before the next
 * read. A connection in the middle of a long body gets a buffer of its own, which then can be sent on as it is.
 *
 * INVARIANT: whoever is handed bytes of the shared buffer copies what is kept longer than the call.
 */
export class ReadBuffer {
  readonly #shared = Buffer.allocUnsafeSlow(bufferBytes);

  connect(place: NetConnectOpts): Reading {
    const reader = new Reader(this.#shared);
    const onread = { buffer: () => reader.next(), callback: (length: number) => reader.read(length) };
    const socket = connect({ ...place, onread });
    return { socket, attach: (upstream) => reader.attach(upstream) };
  }
}

class Reader {
  readonly #shared: Buffer;
  #buffer: Buffer;
  #upstream: Upstream | undefined;
  /** Buffers of its own that are still being sent from, and those that are not any more. */
  #lent: Buffer[] = [];
  #free: Buffer[] = [];

  constructor(shared: Buffer) {
    this.#shared = shared;
    this.#buffer = shared;
  }

  attach(upstream: Upstream): void {
    this.#upstream = upstream;
  }

  read(length: number): boolean {
    const upstream = this.#upstream;
    if (upstream === undefined) return true;
    const lends = this.#buffer === this.#shared;
    if (this.#lent.length > 0 && !upstream.isHeld) this.#free.push(...this.#lent.splice(0));
    upstream.lends = lends;
    const isNeeded = upstream.receive(this.#buffer, length);
    if (!upstream.inBody) this.#rest();
    // A read that filled the shared buffer has more behind it.
    else if (lends ? length === bufferBytes : isNeeded) this.#take(lends);
    return true;
  }

  /** What the next read goes into. */
  next(): Buffer {
    return this.#buffer;
  }

  #take(lends: boolean): void {
    if (!lends) this.#lent.push(this.#buffer);
    this.#buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(ownBytes);
  }

  /** Nothing of its own is kept between bodies. */
  #rest(): void {
    this.#buffer = this.#shared;
    this.#lent = [];
    this.#free = [];
  }
}
