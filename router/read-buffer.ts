import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { Upstream } from "./upstream";

const bufferBytes = 65_536;

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
  #needed = false;

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
    upstream.lends = lends;
    this.#needed = upstream.receive(this.#buffer, length);
    // A read that filled the buffer has more behind it.
    if (!upstream.inBody) this.#buffer = this.#shared;
    else if (lends ? length === bufferBytes : this.#needed)
      this.#buffer = Buffer.allocUnsafeSlow(bufferBytes);
    return true;
  }

  /** What the next read goes into. */
  next(): Buffer {
    return this.#buffer;
  }
}
