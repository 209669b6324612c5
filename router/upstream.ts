import type { Duplex } from "node:stream";
import type { Holder } from "./holder";
import { BodyReader } from "./http1/body";
import type { BodySink } from "./http1/body-sink";
import type { Fields } from "./http1/fields";
import { defaultHeadLimits, type HeadLimits } from "./http1/head";
import { Refusal } from "./http1/refusal";
import { ResponseHead } from "./http1/response-head";
import { Outlet } from "./outlet";
import type { Turn } from "./turn";

/** Apps may answer with more than clients may ask. */
const headLimits: HeadLimits = { bytes: 65_536, fields: 256 };

/** Takes the answer to one request. After `ended`, `switched` or `broken` it hears nothing more. */
export interface AnswerSink extends BodySink {
  /** Whether the whole request was sent. */
  readonly sent: boolean;
  /** An answer before the final one. */
  interim(head: ResponseHead): void;
  answered(head: ResponseHead): void;
  /** 101: `rest` came after the head. */
  switched(head: ResponseHead, rest: Buffer): void;
  ended(trailers: Fields | undefined): void;
  /** The answer will not come, or not to its end; `begun` when a byte of it did. */
  broken(why: "closed" | "malformed", begun: boolean): void;
  /** All that has come by now was handed over. Returns who still sends from it, if anyone does. */
  settled(): Holder | undefined;
  /** The app takes more of the request. */
  drained(): void;
}

/** Where a connection goes back to. */
export interface UpstreamOwner {
  giveBack(upstream: Upstream): void;
  closed(upstream: Upstream): void;
}

/**
 * One connection to a target: one request and its answer after the other.
 *
 * INVARIANT: a connection is given back only when the answer ended with the bytes that came, the whole request was sent, and the app keeps
 * it open. Bytes that come while nobody asks end it: they would be taken for the answer to the next request.
 */
export class Upstream {
  readonly outlet: Outlet;
  /** When it was given back, in the clock's time. */
  idleSinceMs = 0;
  /** Whether what it hands over is only lent: read into again after the call. */
  lends = false;
  /** How many requests it has carried. */
  uses = 0;
  readonly #socket: Duplex;
  readonly #owner: UpstreamOwner;
  readonly #reusable: boolean;
  readonly #head = new ResponseHead(headLimits);
  readonly #body = new BodyReader(defaultHeadLimits);
  readonly #listeners: [event: string, listener: () => void][] = [
    // The close that follows tells it; without a listener the error would end the process.
    ["error", () => undefined],
    ["end", () => this.#ended()],
    ["close", () => this.#closed()],
    ["drain", () => this.#sink?.drained()],
  ];
  readonly #onData = (chunk: Buffer) => void this.receive(chunk, chunk.length);
  #sink: AnswerSink | undefined;
  #inBody = false;
  #begun = false;

  /** One that is not `reusable` ends with its first answer. */
  constructor(socket: Duplex, owner: UpstreamOwner, { reusable, turn }: { reusable: boolean; turn: Turn }) {
    this.#socket = socket;
    this.#owner = owner;
    this.#reusable = reusable;
    this.outlet = new Outlet(socket, turn);
    for (const [event, listener] of this.#listeners) socket.on(event, listener);
  }

  /** Takes what comes as events: the way of a connection that may be given away. */
  listen(): void {
    this.#socket.on("data", this.#onData);
  }

  /** Whether it may carry another request after this one. */
  get reusable(): boolean {
    return this.#reusable;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  /** Whether a body is under way. */
  get inBody(): boolean {
    return this.#inBody;
  }

  /** What comes from now on answers the request that the sink sends. */
  begin(sink: AnswerSink, toHead: boolean): void {
    this.uses += 1;
    this.#sink = sink;
    this.#head.toHead = toHead;
    this.#begun = false;
  }

  /** Takes what has come. Returns who still needs some of it after the call, if anyone does. */
  receive(bytes: Buffer, length: number): Holder | undefined {
    const sink = this.#sink;
    if (sink === undefined) {
      this.destroy();
      return undefined;
    }
    this.#begun = true;
    try {
      let offset = 0;
      while (offset < length && this.#sink === sink)
        offset = this.#inBody
          ? this.#readBody(sink, bytes, offset, length)
          : this.#readHead(sink, bytes, offset, length);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#break("malformed");
    }
    return sink.settled();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Gives the socket away, after `switched`. */
  detach(): Duplex {
    for (const [event, listener] of this.#listeners) this.#socket.off(event, listener);
    this.#socket.off("data", this.#onData);
    return this.#socket;
  }

  /** Ends it; the sink hears nothing more. */
  destroy(): void {
    this.#sink = undefined;
    this.#socket.destroy();
  }

  #readHead(sink: AnswerSink, bytes: Buffer, from: number, to: number): number {
    const head = this.#head;
    const next = head.read(bytes, from, to);
    if (next < 0) return to;
    if (head.status === 101) {
      this.#sink = undefined;
      sink.switched(head, Buffer.from(bytes.subarray(next, to)));
    } else if (head.interim) sink.interim(head);
    else {
      sink.answered(head);
      if (this.#sink !== sink) return to;
      this.#inBody = this.#body.begin(head.body);
      if (!this.#inBody) this.#end(sink, next === to);
    }
    return next;
  }

  #readBody(sink: AnswerSink, bytes: Buffer, from: number, to: number): number {
    const next = this.#body.read(bytes, from, to, sink);
    if (next < 0) return to;
    if (this.#sink === sink) this.#end(sink, next === to);
    return next;
  }

  /** The answer is whole; `clean` if nothing came after it. */
  #end(sink: AnswerSink, clean: boolean): void {
    this.#sink = undefined;
    this.#inBody = false;
    // Given back before the sink is told: the connection's next request may come of that.
    const reusable = this.#reusable && clean && sink.sent && this.#head.keepAlive;
    if (reusable && !this.#body.endsWithConnection) this.#owner.giveBack(this);
    else this.#socket.destroy();
    sink.ended(this.#body.trailers);
  }

  #ended(): void {
    const sink = this.#sink;
    if (sink && this.#inBody && this.#body.endsWithConnection) {
      this.#end(sink, false);
      sink.settled();
    } else this.#socket.destroy();
  }

  #closed(): void {
    this.#owner.closed(this);
    this.#break("closed");
  }

  #break(why: "closed" | "malformed"): void {
    const sink = this.#sink;
    this.destroy();
    sink?.broken(why, this.#begun);
  }
}
