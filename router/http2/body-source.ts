import { constants, type Http2Stream } from "node:http2";
import { Refusal } from "../http1/refusal";
import { fieldLines } from "./field-lines";

const { NGHTTP2_NO_ERROR, NGHTTP2_PROTOCOL_ERROR } = constants;

/** How what comes on a stream is framed as HTTP/1.1; `tunnel`: not at all. */
export interface BodyFraming {
  kind: "length" | "chunked" | "tunnel";
  /** Of one with a length: how much is to come. */
  length: number;
}

/** How to frame a body of which that is its Content-Length. */
export const framingFor = (length: string | undefined): BodyFraming =>
  length === undefined
    ? { kind: "chunked", length: Number.POSITIVE_INFINITY }
    : { kind: "length", length: Number(length) };

export interface BodyTaker {
  /** Takes bytes, or text of one character a byte; false when that is enough for now. */
  passBody(part: Buffer | string): boolean;
  /** The other side of a tunnel says no more. */
  bodyEnded(): void;
}

/** What one side sends on a stream, as HTTP/1.1 frames it. A body of another length than was told is a fault of the stream. */
export class BodySource {
  readonly #stream: Http2Stream;
  readonly #kind: BodyFraming["kind"];
  readonly #taker: BodyTaker;
  #left: number;
  #trailers: readonly string[] = [];
  #over = false;

  constructor(stream: Http2Stream, { kind, length }: BodyFraming, taker: BodyTaker) {
    this.#stream = stream;
    this.#kind = kind;
    this.#left = length;
    this.#taker = taker;
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    stream.once("trailers", (_headers: unknown, _flags: number, fields: readonly string[]) => {
      this.#trailers = fields;
    });
    stream.once("end", () => this.#ended());
  }

  /** Whether nothing more is to come, or is wanted. */
  get over(): boolean {
    return this.#over;
  }

  resume(): void {
    if (!this.#over) this.#stream.resume();
  }

  /** Nobody wants the rest. */
  stop(): void {
    this.#over = true;
  }

  #take(chunk: Buffer): void {
    if (this.#over) return;
    this.#left -= chunk.length;
    if (this.#left < 0) {
      this.#break();
      return;
    }
    const chunked = this.#kind === "chunked";
    if (chunked) this.#taker.passBody(`${chunk.length.toString(16)}\r\n`);
    const wanted = this.#taker.passBody(chunk);
    if (chunked) this.#taker.passBody("\r\n");
    if (!wanted) this.#stream.pause();
  }

  #ended(): void {
    // A stream that was reset ends, too.
    if (this.#over || this.#stream.aborted || this.#stream.rstCode !== NGHTTP2_NO_ERROR) return;
    this.#over = true;
    if (this.#kind === "tunnel") this.#taker.bodyEnded();
    else if (this.#kind === "chunked") this.#endChunks();
    else if (this.#left > 0) this.#break();
  }

  #endChunks(): void {
    try {
      this.#taker.passBody(`0\r\n${fieldLines(this.#trailers)}\r\n`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#break();
    }
  }

  #break(): void {
    this.#stream.close(NGHTTP2_PROTOCOL_ERROR);
  }
}
