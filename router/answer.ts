import type { Clock } from "./clock";
import { EventTail, isEventStream } from "./event-stream";
import { goneTrailers, isGrpc, MessageTail } from "./grpc";
import { answerLines, trailerLines } from "./headers";
import { kinds } from "./http1/field-names";
import type { Fields } from "./http1/fields";
import type { ResponseHead } from "./http1/response-head";
import type { Outlet } from "./outlet";
import type { Tail } from "./tail";

export interface AnswerOptions {
  outlet: Outlet;
  clock: Clock;
  /** Lines of the router's own for the head, each with its end. */
  extraLines: string;
  /** Whether the client speaks HTTP/1.1, and so knows chunks. */
  chunks: boolean;
  /** Whether its connection stays open, if the answer can be told to its end without closing it. */
  keepAlive: boolean;
}

/** An app's answer as its client gets it: the head written anew, the body framed as the client can read it. */
export class Answer {
  readonly status: number;
  /** Whether the client's connection stays open after it. */
  readonly keepAlive: boolean;
  /** Server-sent events, silent by nature. */
  readonly isStream: boolean;
  /** Body bytes that went to the client. */
  bytes = 0;
  readonly #outlet: Outlet;
  readonly #chunked: boolean;
  readonly #isCall: boolean;
  /** Of what may be ended in the middle of its body: at the end of an event, or a message. */
  readonly #tail: Tail | undefined;
  #closing = false;

  /** Writes the head. */
  constructor(head: ResponseHead, { outlet, clock, extraLines, chunks, keepAlive }: AnswerOptions) {
    const unframed = head.body.kind === "chunked" || head.body.kind === "close";
    this.status = head.status;
    this.#outlet = outlet;
    this.#chunked = unframed && chunks;
    this.keepAlive = keepAlive && (chunks || !unframed);
    const type = head.fields.first(kinds.contentType);
    this.isStream = isEventStream(type);
    this.#isCall = !this.isStream && isGrpc(type);
    if (this.isStream && head.fields.first(kinds.contentEncoding) === undefined) this.#tail = new EventTail();
    else if (this.#isCall) this.#tail = new MessageTail();
    const date = head.fields.first(kinds.date) === undefined ? clock.dateLine : "";
    outlet.text(
      answerLines(head) + extraLines + date + this.#framing(head) + (this.keepAlive ? keepLine : closeLine),
    );
  }

  /** Passes a part of the body on. True when an event, or a message, ended in it after `close`: nothing further is passed. */
  pass(bytes: Buffer, from: number, to: number, lent: boolean): boolean {
    const end = this.#tail === undefined ? to : this.#follow(this.#tail, bytes, from, to);
    const length = (end < 0 ? to : end) - from;
    // An empty chunk would be the last one.
    if (length === 0) return false;
    this.bytes += length;
    if (this.#chunked) this.#outlet.text(`${length.toString(16)}\r\n`);
    this.#outlet.bytes(bytes, from, from + length, lent);
    if (this.#chunked) this.#outlet.text("\r\n");
    return this.#closing && end >= 0;
  }

  /** Whether nothing of an event, or a message, is under way; from now on the end of the next one is the end. */
  close(): boolean {
    this.#closing = true;
    return this.#tail?.isBetween ?? true;
  }

  /** Writes what comes after the body; without trailers of the app a call that is closed tells of that. */
  end(trailers: Fields | undefined): void {
    const isGone = this.#isCall && this.#closing && trailers === undefined;
    if (this.#chunked) this.#outlet.text(`0\r\n${isGone ? goneTrailers : trailerLines(trailers)}\r\n`);
  }

  #framing({ status, length, body }: ResponseHead): string {
    if (this.#chunked) return "Transfer-Encoding: chunked\r\n";
    // An answer that has no body by its status must not say how long it is (RFC 9110, 8.6).
    if (length === undefined || body.kind === "close" || status === 204) return "";
    return `Content-Length: ${length}\r\n`;
  }

  /** The offset after the first event or message that ends here if that is to be the last, -1 if none ends, else the end of all. */
  #follow(tail: Tail, bytes: Buffer, from: number, to: number): number {
    const part = bytes.subarray(from, to);
    if (this.#closing) {
      const end = tail.push(part);
      return end < 0 ? -1 : from + end;
    }
    tail.follow(part);
    return to;
  }
}

const keepLine = "Connection: keep-alive\r\n\r\n";
const closeLine = "Connection: close\r\n\r\n";
