import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { BodyReader } from "../http1/body";
import { defaultHeadLimits, type HeadLimits } from "../http1/head";
import { ResponseHead } from "../http1/response-head";
import { headersOf, trailersOf } from "./headers-of";
import { StreamWriter } from "./stream-writer";

/** More than any app may say: the router's own lines come on top. */
const headLimits: HeadLimits = { bytes: 98_304, fields: 512 };
/** HTTP/2 has no higher ones here. */
const highestStatus = 599;

/** Reads one answer as the router writes it, HTTP/1.1, and says it on a stream of HTTP/2. */
export class StreamAnswer {
  readonly #stream: ServerHttp2Stream;
  readonly #writer: StreamWriter;
  readonly #head = new ResponseHead(headLimits);
  readonly #body = new BodyReader(defaultHeadLimits);
  #state: "head" | "body" | "over" | "tunnel" = "head";
  #unsaid: OutgoingHttpHeaders | undefined;
  #mayHaveTrailers = false;

  /** `toHead` when HEAD was asked. */
  constructor(stream: ServerHttp2Stream, toHead: boolean) {
    this.#stream = stream;
    this.#writer = new StreamWriter(stream);
    this.#head.toHead = toHead;
  }

  /** Whether all of the answer was taken. */
  get over(): boolean {
    return this.#state === "over";
  }

  /** Whether from here on it is bytes both ways, which are no HTTP. */
  get isTunnel(): boolean {
    return this.#state === "tunnel";
  }

  get hasTrailers(): boolean {
    return this.#writer.hasTrailers;
  }

  /** Takes on. What is handed over must stay as it is until it was sent. */
  take(bytes: Buffer): void {
    let offset = 0;
    while (offset < bytes.length && !this.over)
      offset = this.#state === "head" ? this.#readHead(bytes, offset) : this.#readBody(bytes, offset);
  }

  /** Says what was taken. `written` is called when the system has it; never if the stream ends before. */
  send(written: () => void): void {
    if (this.#unsaid && !this.#stream.destroyed && !this.#stream.closed) this.#respond(this.#unsaid);
    this.#writer.send(written);
  }

  /** The last of it was sent. */
  done(): void {
    this.#writer.done();
  }

  #respond(headers: OutgoingHttpHeaders): void {
    this.#unsaid = undefined;
    // Whether trailers come is known at the end only; a body that is whole has told.
    const waitForTrailers = this.#mayHaveTrailers && (!this.over || this.#writer.hasTrailers);
    this.#writer.awaitsTrailers = waitForTrailers;
    this.#stream.respond(headers, { endStream: this.over && !this.#writer.holds, waitForTrailers });
  }

  #readHead(bytes: Buffer, from: number): number {
    const head = this.#head;
    const next = head.read(bytes, from, bytes.length);
    if (next < 0) return bytes.length;
    if (head.status === 101) {
      this.#state = "tunnel";
      this.#unsaid = headersOf({ ":status": 200 }, head.fields);
      // The handshake of HTTP/1.1 has no meaning here (RFC 8441, 5).
      delete this.#unsaid["sec-websocket-accept"];
    } else if (head.interim) this.#inform(headersOf({ ":status": head.status }, head.fields));
    else this.#begin(head);
    return next;
  }

  #inform(headers: OutgoingHttpHeaders): void {
    if (!this.#stream.destroyed && !this.#stream.closed) this.#stream.additionalHeaders(headers);
  }

  #begin(head: ResponseHead): void {
    // No status that HTTP/2 could say: what the app answered cannot be passed on.
    this.#unsaid = headersOf({ ":status": head.status > highestStatus ? 502 : head.status }, head.fields);
    this.#mayHaveTrailers = head.body.kind === "chunked";
    if (this.#body.begin(head.body)) this.#state = "body";
    else this.#end();
  }

  #readBody(bytes: Buffer, from: number): number {
    if (this.#state === "tunnel") {
      this.#writer.onBody(bytes, from, bytes.length);
      return bytes.length;
    }
    const next = this.#body.read(bytes, from, bytes.length, this.#writer);
    if (next < 0) return bytes.length;
    this.#end();
    return next;
  }

  #end(): void {
    this.#state = "over";
    const { trailers } = this.#body;
    this.#writer.end(trailers && trailersOf(trailers));
  }
}
