import { constants, type ServerHttp2Stream } from "node:http2";
import { Duplex } from "node:stream";
import { BodySource, type BodyTaker } from "./body-source";
import type { RequestText } from "./request-text";
import { StreamAnswer } from "./stream-answer";

const { NGHTTP2_NO_ERROR } = constants;

const frameHeadBytes = 9;
/** How long a client may take to end its side once it was sent trailers. */
const lateMs = 1_000;

export type Written = (error?: Error | null) => void;

/**
 * One stream of HTTP/2 as a connection that speaks HTTP/1.1: its request is read from it, and the answer written to it, as with any socket of
 * a client. So it goes the way of all requests, and an upgrade (RFC 8441) becomes the tunnel that it is.
 *
 * INVARIANT: it reads as ended only when nothing more is to be asked or answered. A client that has sent its body has not left.
 */
export class StreamSocket extends Duplex implements BodyTaker {
  readonly #stream: ServerHttp2Stream;
  readonly #answer: StreamAnswer;
  readonly #body: BodySource | undefined;
  readonly #onData: (bytes: number) => void;
  #wasCut = false;

  /** `onData` is told of each part of the body, with what HTTP/2 needs to frame it: small messages are no overhead. */
  constructor(stream: ServerHttp2Stream, request: RequestText, onData: (bytes: number) => void) {
    super();
    this.#stream = stream;
    this.#answer = new StreamAnswer(stream, request.toHead);
    this.#onData = onData;
    stream.once("close", () => this.#closed());
    this.push(request.head, "latin1");
    if (request.body) this.#body = new BodySource(stream, request.body, this);
  }

  /** Whether the router ended it before its time. */
  get wasCut(): boolean {
    return this.#wasCut;
  }

  passBody(part: Buffer | string): boolean {
    // What frames it by HTTP/1.1 did not come from the client.
    if (typeof part !== "string") this.#onData(part.length + frameHeadBytes);
    return this.push(part, "latin1");
  }

  bodyEnded(): void {
    this.push(null);
  }

  override _read(): void {
    this.#body?.resume();
  }

  override _write(chunk: Buffer, _encoding: string, written: Written): void {
    // Whoever waits for what was written before writes nothing: by then the stream may have ended.
    if (chunk.length === 0) {
      written();
      return;
    }
    this.#answer.take(chunk);
    this.#answer.send(written);
  }

  override _writev(chunks: { chunk: Buffer }[], written: Written): void {
    for (const { chunk } of chunks) this.#answer.take(chunk);
    this.#answer.send(written);
  }

  override _final(ended: Written): void {
    if (this.#answer.isTunnel) {
      this.#stream.end(ended);
      return;
    }
    if (!this.#answer.over) this.#cut();
    else if (this.#body && !this.#body.over) this.#refuseBody();
    this.#body?.stop();
    this.push(null);
    ended();
  }

  override _destroy(_error: Error | null, destroyed: Written): void {
    this.#body?.stop();
    if (!this.#stream.closed && !this.writableFinished) this.#cut();
    destroyed();
  }

  /**
   * Nobody wants the rest of the body any more (RFC 9113, 8.1). A reset overtakes trailers that the socket has not taken yet, and nobody tells
   * when it has: most clients end the stream by themselves when they have them.
   */
  #refuseBody(): void {
    const refuse = () => this.#stream.closed || this.#stream.close(NGHTTP2_NO_ERROR);
    if (this.#answer.hasTrailers) setTimeout(refuse, lateMs).unref();
    else refuse();
  }

  /** Ends it by a reset, so that nobody takes a part for the whole: `close` could say that the body is over first. */
  #cut(): void {
    this.#wasCut = true;
    this.#stream.destroy(new Error("the answer was cut"));
  }

  /** The last frame may be followed by the stream's end sooner than by the word that it was sent. */
  #closed(): void {
    if (this.#answer.over && this.#stream.rstCode === NGHTTP2_NO_ERROR) this.#answer.done();
    else this.destroy();
  }
}
