import type { Duplex } from "node:stream";
import type { Asker } from "./asker";
import type { Watched } from "./clock";
import { refusalText } from "./error-pages";
import { BodyReader } from "./http1/body";
import type { BodySink } from "./http1/body-sink";
import { defaultHeadLimits } from "./http1/head";
import { Refusal } from "./http1/refusal";
import { RequestHead } from "./http1/request-head";
import { Outlet } from "./outlet";
import { Passage } from "./passage";
import { type ClientFacts, Peer } from "./peer";
import type { Services } from "./services";

/** How long a client may take to close after we have: it reads our last words, which a reset would take from it. */
const lingerMs = 2_000;
const nothing = Buffer.alloc(0);

/**
 * One connection of a client: reads its requests and serves them one after the other, in order.
 *
 * INVARIANT: while it is suspended nothing of what came is looked at: it is `held`, and nothing more is read.
 */
export class Client implements Watched, BodySink, Asker {
  readonly outlet: Outlet;
  readonly peer: Peer;
  /** Called when the last of an answer was given to the system. */
  readonly onWritten = () => this.#served();
  readonly #socket: Duplex;
  readonly #services: Services;
  readonly #onEnd: () => void;
  readonly #head = new RequestHead(defaultHeadLimits);
  readonly #body = new BodyReader(defaultHeadLimits);
  #passage: Passage | undefined;
  #inBody = false;
  #suspended = false;
  #held: Buffer = nothing;
  #closing = false;
  /** No request is taken after the present one. */
  #leaving = false;
  #dueMs: number;
  readonly #listeners: [event: string, listener: (chunk: Buffer) => void][] = [
    ["data", (chunk) => this.#take(chunk)],
    ["drain", () => this.#passage?.clientDrained()],
    ["end", () => this.#ended()],
    // The close that follows tells it; without a listener the error would end the process.
    ["error", () => undefined],
    ["close", () => this.#closed()],
  ];

  /** `onEnd` is called when this is no connection of ours any more. */
  constructor(socket: Duplex, facts: ClientFacts, services: Services, onEnd: (client: Client) => void) {
    this.#socket = socket;
    this.#services = services;
    this.#onEnd = () => onEnd(this);
    this.outlet = new Outlet(socket, services.turn);
    this.peer = new Peer(facts, services);
    this.#dueMs = services.clock.after(services.limits.headMs);
    for (const [event, listener] of this.#listeners) socket.on(event, listener);
  }

  /** Whether it may send another request after the present one. */
  get keepsAlive(): boolean {
    return this.#head.keepAlive && !this.#leaving;
  }

  /** Closes after the present request. An idle one closes after `graceMs`, or after a request that was on its way meanwhile. */
  leave(graceMs: number): void {
    this.#leaving = true;
    if (this.#passage) return;
    if (graceMs === 0) this.#close();
    else this.#dueMs = Math.min(this.#dueMs, this.#services.clock.after(graceMs));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Gives the socket away, with what came and was not looked at. */
  detach(): { socket: Duplex; held: Buffer } {
    for (const [event, listener] of this.#listeners) this.#socket.off(event, listener);
    this.#onEnd();
    return { socket: this.#socket, held: this.#held };
  }

  /** Goes on with a body that was held back. */
  takeBody(): void {
    // An app may tell that it takes more after all was sent: what comes next is another request, and waits for the answer.
    if (this.#inBody && this.#passage?.takesBody) this.#resume();
  }

  onBody(bytes: Buffer, from: number, to: number): void {
    this.#passage?.upload(bytes, from, to);
  }

  tick(nowMs: number): void {
    if (this.#passage) this.#passage.tick(nowMs);
    else if (nowMs < this.#dueMs) return;
    else if (this.#closing || !this.#head.partial) this.#socket.destroy();
    else this.#refuse(new Refusal(408, "The request did not arrive in time."));
  }

  #take(chunk: Buffer): void {
    if (this.#closing) return;
    if (!this.#suspended) this.#read(chunk);
    else {
      this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
      this.#socket.pause();
    }
  }

  #read(chunk: Buffer): void {
    let offset = 0;
    try {
      while (offset < chunk.length && !this.#suspended && !this.#closing)
        offset = this.#inBody ? this.#readBody(chunk, offset) : this.#readHead(chunk, offset);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(error);
      return;
    }
    if (offset < chunk.length) this.#take(chunk.subarray(offset));
  }

  #readHead(chunk: Buffer, from: number): number {
    const head = this.#head;
    const { clock, limits } = this.#services;
    if (!head.partial) this.#dueMs = clock.after(limits.headMs);
    const next = head.read(chunk, from, chunk.length);
    if (next < 0) return chunk.length;
    this.#inBody = this.#body.begin(head.body);
    // What comes after a request waits for its answer, and a body for someone who takes it.
    this.#suspended = true;
    this.#passage = new Passage(this, head, this.#services);
    this.#passage.begin();
    return next;
  }

  #readBody(chunk: Buffer, from: number): number {
    const { clock, limits } = this.#services;
    this.#dueMs = clock.after(limits.idleMs);
    const next = this.#body.read(chunk, from, chunk.length, this);
    const passage = this.#passage;
    if (next >= 0) {
      this.#inBody = false;
      passage?.uploaded(this.#body.trailers);
    }
    // After the end the next request waits for the answer; before it, for the app to take what there is.
    passage?.flushUpload();
    if (passage) this.#suspended = next >= 0 || !passage.takesBody;
    if (this.#suspended && next < 0) this.#socket.pause();
    return next < 0 ? chunk.length : next;
  }

  #resume(): void {
    this.#suspended = false;
    const held = this.#held;
    this.#held = nothing;
    if (held.length > 0) this.#read(held);
    if (!this.#suspended) this.#socket.resume();
  }

  /** The client has its answer. */
  #served(): void {
    const passage = this.#passage;
    if (!passage) return;
    this.#passage = undefined;
    passage.finished();
    const { clock, limits } = this.#services;
    if (!passage.keepAlive || this.#leaving) this.#close();
    else {
      // A body that nobody wants any more is read to its end, so that the connection's next request can be.
      this.#dueMs = clock.after(this.#inBody ? limits.idleMs : limits.keepAliveMs);
      this.#resume();
    }
  }

  /** Nothing of what comes from now on can be understood. */
  #refuse(refusal: Refusal): void {
    this.#leaving = true;
    this.#suspended = true;
    if (this.#passage) {
      this.#passage.fail("badRequest");
      return;
    }
    this.outlet.text(refusalText(refusal, this.#services.clock.dateLine));
    this.#close();
  }

  /** Says the last word, and waits a little for the client's. */
  #close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#held = nothing;
    this.#dueMs = this.#services.clock.after(lingerMs);
    this.outlet.send();
    this.#socket.end();
    this.#socket.resume();
  }

  /** A client that closes its side has left: nobody who closes a page says it in another way. */
  #ended(): void {
    if (this.#passage) this.#socket.destroy();
    else if (!this.#closing) this.#close();
  }

  #closed(): void {
    const passage = this.#passage;
    this.#passage = undefined;
    passage?.left();
    this.#onEnd();
  }
}
