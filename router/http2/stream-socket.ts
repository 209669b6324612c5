import { constants, type ServerHttp2Stream } from "node:http2";
import { Duplex } from "node:stream";
import { type RequestText, trailerText } from "./request-text";
import { StreamAnswer } from "./stream-answer";

const { NGHTTP2_NO_ERROR, NGHTTP2_PROTOCOL_ERROR } = constants;

type Written = (error?: Error | null) => void;

/**
 * One stream of HTTP/2 as a connection that speaks HTTP/1.1: its request is read from it, and the answer written to it, as with any socket of
 * a client. So it goes the way of all requests, and an upgrade (RFC 8441) becomes the tunnel that it is.
 *
 * INVARIANT: it reads as ended only when nothing more is to be asked or answered. A client that has sent its body has not left.
 */
export class StreamSocket extends Duplex {
  readonly #stream: ServerHttp2Stream;
  readonly #answer: StreamAnswer;
  readonly #body: RequestText["body"];
  readonly #onData: (bytes: number) => void;
  /** Of a body whose length was told: what is to come. */
  #left: number;
  #trailers: readonly string[] = [];
  #bodyOver: boolean;
  #wasCut = false;

  /** `onData` is told of each part of the body. */
  constructor(stream: ServerHttp2Stream, request: RequestText, onData: (bytes: number) => void) {
    super();
    this.#stream = stream;
    this.#answer = new StreamAnswer(stream, request.toHead);
    this.#body = request.body;
    this.#left = request.length;
    this.#onData = onData;
    this.#bodyOver = request.body === "none";
    stream.once("close", () => this.#closed());
    this.push(request.head, "latin1");
    if (!this.#bodyOver) this.#listen();
  }

  /** Whether the router ended it before its time. */
  get wasCut(): boolean {
    return this.#wasCut;
  }

  override _read(): void {
    if (!this.#bodyOver) this.#stream.resume();
  }

  override _write(chunk: Buffer, _encoding: string, written: Written): void {
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
    // Nobody wants the rest of the body any more (RFC 9113, 8.1).
    else if (!this.#bodyOver && !this.#stream.closed) this.#stream.close(NGHTTP2_NO_ERROR);
    this.#end();
    ended();
  }

  override _destroy(_error: Error | null, destroyed: Written): void {
    this.#bodyOver = true;
    if (!this.#stream.closed && !this.writableFinished) this.#cut();
    destroyed();
  }

  #listen(): void {
    const stream = this.#stream;
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    stream.once("trailers", (_headers: unknown, _flags: number, fields: readonly string[]) => {
      this.#trailers = fields;
    });
    stream.once("end", () => this.#bodyEnded());
  }

  #take(chunk: Buffer): void {
    this.#onData(chunk.length);
    if (this.#bodyOver) return;
    const chunked = this.#body === "chunked";
    this.#left -= chunk.length;
    if (this.#left < 0) {
      this.#stream.close(NGHTTP2_PROTOCOL_ERROR);
      return;
    }
    if (chunked) this.push(`${chunk.length.toString(16)}\r\n`, "latin1");
    const wanted = this.push(chunk);
    if (chunked) this.push("\r\n", "latin1");
    if (!wanted) this.#stream.pause();
  }

  #bodyEnded(): void {
    // A stream that was reset ends, too.
    if (this.#bodyOver || this.#stream.aborted || this.#stream.rstCode !== NGHTTP2_NO_ERROR) return;
    if (this.#body === "tunnel") this.#end();
    else if (this.#body === "chunked") this.#endChunks();
    else if (this.#left > 0) this.#stream.close(NGHTTP2_PROTOCOL_ERROR);
    this.#bodyOver = true;
  }

  #endChunks(): void {
    const text = trailerText(this.#trailers);
    if (text === undefined) this.#stream.close(NGHTTP2_PROTOCOL_ERROR);
    else this.push(`0\r\n${text}\r\n`, "latin1");
  }

  #end(): void {
    this.#bodyOver = true;
    this.push(null);
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
