import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { BodyReader } from "../http1/body";
import type { BodySink } from "../http1/body-sink";
import { defaultHeadLimits, type HeadLimits } from "../http1/head";
import { ResponseHead } from "../http1/response-head";
import { answerHeaders, trailerHeaders } from "./answer-headers";

/** More than any app may say: the router's own lines come on top. */
const headLimits: HeadLimits = { bytes: 98_304, fields: 512 };
/** HTTP/2 has no higher ones here. */
const highestStatus = 599;

/** Reads one answer as the router writes it, HTTP/1.1, and says it on a stream of HTTP/2. */
export class StreamAnswer implements BodySink {
  readonly #stream: ServerHttp2Stream;
  readonly #head = new ResponseHead(headLimits);
  readonly #body = new BodyReader(defaultHeadLimits);
  #state: "head" | "body" | "over" | "tunnel" = "head";
  #unsaid: OutgoingHttpHeaders | undefined;
  #trailers: OutgoingHttpHeaders | undefined;
  #waitsForTrailers = false;
  #parts: Buffer[] = [];
  #whenDone: (() => void) | undefined;

  /** `toHead` when HEAD was asked. */
  constructor(stream: ServerHttp2Stream, toHead: boolean) {
    this.#stream = stream;
    this.#head.toHead = toHead;
    stream.once("wantTrailers", () => {
      if (this.over && !stream.destroyed) stream.sendTrailers(this.#trailers ?? {});
    });
    stream.once("finish", () => this.done());
  }

  /** Whether all of the answer was taken. */
  get over(): boolean {
    return this.#state === "over";
  }

  /** Whether from here on it is bytes both ways, which are no HTTP. */
  get isTunnel(): boolean {
    return this.#state === "tunnel";
  }

  /** Takes on. What is handed over must stay as it is until it was sent. */
  take(bytes: Buffer): void {
    let offset = 0;
    while (offset < bytes.length && this.#state !== "over")
      offset = this.#state === "head" ? this.#readHead(bytes, offset) : this.#readBody(bytes, offset);
  }

  onBody(bytes: Buffer, from: number, to: number): void {
    if (to > from) this.#parts.push(bytes.subarray(from, to));
  }

  /** Says what was taken. `written` is called when the system has it; never if the stream ends before. */
  send(written: () => void): void {
    const stream = this.#stream;
    const parts = this.#parts;
    this.#parts = [];
    if (stream.destroyed || stream.closed) return;
    if (this.#unsaid) this.#respond(this.#unsaid, parts.length > 0);
    if (this.over) {
      this.#whenDone = written;
      if (stream.writableFinished) this.done();
      else if (!stream.writableEnded) this.#end(parts);
    } else this.#write(parts, written);
  }

  /** The last of it was sent. */
  done(): void {
    const whenDone = this.#whenDone;
    this.#whenDone = undefined;
    whenDone?.();
  }

  #respond(headers: OutgoingHttpHeaders, hasParts: boolean): void {
    this.#unsaid = undefined;
    const endStream = this.over && !hasParts && this.#trailers === undefined;
    // Whether trailers come is known at the end only; a body that is whole has told.
    this.#waitsForTrailers &&= !this.over || this.#trailers !== undefined;
    this.#stream.respond(headers, { endStream, waitForTrailers: this.#waitsForTrailers });
  }

  #end(parts: Buffer[]): void {
    const [only] = parts;
    if (parts.length === 1) this.#stream.end(only);
    else {
      this.#write(parts, () => undefined);
      this.#stream.end();
    }
  }

  #write(parts: Buffer[], written: () => void): void {
    const last = parts.pop();
    if (last === undefined) {
      written();
      return;
    }
    this.#stream.cork();
    for (const part of parts) this.#stream.write(part);
    this.#stream.write(last, (error) => {
      if (!error) written();
    });
    this.#stream.uncork();
  }

  #readHead(bytes: Buffer, from: number): number {
    const head = this.#head;
    const next = head.read(bytes, from, bytes.length);
    if (next < 0) return bytes.length;
    if (head.status === 101) {
      this.#state = "tunnel";
      const headers = answerHeaders(200, head.fields);
      // The handshake of HTTP/1.1 has no meaning here (RFC 8441, 5).
      delete headers["sec-websocket-accept"];
      this.#unsaid = headers;
    } else if (head.interim) this.#inform(answerHeaders(head.status, head.fields));
    else this.#begin(head);
    return next;
  }

  #inform(headers: OutgoingHttpHeaders): void {
    if (!this.#stream.destroyed && !this.#stream.closed) this.#stream.additionalHeaders(headers);
  }

  #begin(head: ResponseHead): void {
    // No status that HTTP/2 could say: what the app answered cannot be passed on.
    this.#unsaid = answerHeaders(head.status > highestStatus ? 502 : head.status, head.fields);
    this.#waitsForTrailers = head.body.kind === "chunked";
    this.#state = this.#body.begin(head.body) ? "body" : "over";
  }

  #readBody(bytes: Buffer, from: number): number {
    if (this.#state === "tunnel") {
      this.onBody(bytes, from, bytes.length);
      return bytes.length;
    }
    const next = this.#body.read(bytes, from, bytes.length, this);
    if (next < 0) return bytes.length;
    this.#state = "over";
    const { trailers } = this.#body;
    if (trailers) this.#trailers = trailerHeaders(trailers);
    return next;
  }
}
