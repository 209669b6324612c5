import { type ClientHttp2Session, type ClientHttp2Stream, constants } from "node:http2";
import { Duplex } from "node:stream";
import { BodyReader } from "../http1/body";
import { defaultHeadLimits, type HeadLimits } from "../http1/head";
import { Refusal } from "../http1/refusal";
import { RequestHead } from "../http1/request-head";
import { AnswerText } from "./answer-text";
import { headersOf, trailersOf } from "./headers-of";
import type { Written } from "./stream-socket";
import { StreamWriter } from "./stream-writer";

const { NGHTTP2_CANCEL, NGHTTP2_FLAG_END_STREAM, NGHTTP2_NO_ERROR } = constants;
/** More than any client may say: the router's own lines come on top. */
const headLimits: HeadLimits = { bytes: 32_768, fields: 192 };

/** A connection to an app that speaks HTTP/2, for one request: HTTP/1.1 is written to it and read from it, a stream of the session carries it. */
export class AppSocket extends Duplex {
  readonly #session: ClientHttp2Session;
  readonly #head = new RequestHead(headLimits);
  readonly #body = new BodyReader(defaultHeadLimits);
  #stream: ClientHttp2Stream | undefined;
  #writer: StreamWriter | undefined;
  #answer: AnswerText | undefined;
  #sent = false;

  constructor(session: ClientHttp2Session) {
    super();
    this.#session = session;
  }

  override _read(): void {
    this.#answer?.resume();
  }

  override _write(chunk: Buffer, _encoding: string, written: Written): void {
    this.#take(chunk);
    this.#send(written);
  }

  override _writev(chunks: { chunk: Buffer }[], written: Written): void {
    for (const { chunk } of chunks) this.#take(chunk);
    this.#send(written);
  }

  override _destroy(_error: Error | null, destroyed: Written): void {
    const stream = this.#stream;
    this.#answer?.stop();
    if (stream && !stream.closed && !(this.#sent && this.#answer?.over)) stream.close(NGHTTP2_CANCEL);
    destroyed();
  }

  #send(written: Written): void {
    if (this.#writer) this.#writer.send(written);
    else written();
  }

  #take(bytes: Buffer): void {
    let offset = 0;
    while (offset < bytes.length && !this.#sent && !this.destroyed)
      offset = this.#writer ? this.#readBody(this.#writer, bytes, offset) : this.#readHead(bytes, offset);
  }

  #readHead(bytes: Buffer, from: number): number {
    const head = this.#head;
    const next = head.read(bytes, from, bytes.length);
    if (next < 0) return bytes.length;
    if (this.#session.closed || this.#session.destroyed) this.destroy();
    else this.#ask(head);
    return next;
  }

  #ask(head: RequestHead): void {
    const { method, target, host = "" } = head;
    const pseudo = { ":method": method, ":path": target, ":scheme": "http", ":authority": host };
    // gRPC servers want to be told that trailers pass.
    const headers = headersOf({ ...pseudo, te: "trailers" }, head.fields);
    delete headers.host;
    this.#sent = !this.#body.begin(head.body);
    const waitForTrailers = head.body.kind === "chunked";
    const stream = this.#session.request(headers, { endStream: this.#sent, waitForTrailers });
    this.#stream = stream;
    this.#writer = new StreamWriter(stream);
    this.#writer.awaitsTrailers = waitForTrailers;
    if (this.#sent) this.#writer.end(undefined);
    this.#listen(stream, head.method === "HEAD");
  }

  #readBody(writer: StreamWriter, bytes: Buffer, from: number): number {
    const next = this.#body.read(bytes, from, bytes.length, writer);
    if (next < 0) return bytes.length;
    this.#sent = true;
    const { trailers } = this.#body;
    writer.end(trailers && trailersOf(trailers));
    return next;
  }

  #listen(stream: ClientHttp2Stream, toHead: boolean): void {
    const answer = new AnswerText(stream, toHead, (part) => this.push(part, "latin1"));
    this.#answer = answer;
    // The close that follows tells it; without a listener the error would end the process.
    stream.on("error", () => undefined);
    stream.on("headers", (_headers: unknown, _flags: number, fields: readonly string[]) =>
      this.#say(() => answer.inform(fields)),
    );
    stream.once("response", (_headers: unknown, flags: number, fields: readonly string[]) =>
      this.#say(() => answer.begin(fields, (flags & NGHTTP2_FLAG_END_STREAM) !== 0)),
    );
    stream.once("close", () => this.#closed(stream));
  }

  /** What cannot be said by HTTP/1.1 is no answer. */
  #say(what: () => void): void {
    try {
      if (!this.destroyed) what();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.destroy();
    }
  }

  #closed(stream: ClientHttp2Stream): void {
    if (stream.rstCode === NGHTTP2_NO_ERROR && this.#answer?.over) this.#writer?.done();
    else this.destroy();
  }
}
