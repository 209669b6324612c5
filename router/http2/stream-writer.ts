import type { Http2Stream, OutgoingHttpHeaders } from "node:http2";
import type { BodySink } from "../http1/body-sink";

/**
 * Sends a body, and what stands behind it, on a stream.
 *
 * INVARIANT: it is done when its trailers are sent, too: whoever ends the stream then takes nothing back.
 */
export class StreamWriter implements BodySink {
  readonly #stream: Http2Stream;
  #parts: Buffer[] = [];
  #over = false;
  #trailers: OutgoingHttpHeaders | undefined;
  #whenDone: (() => void) | undefined;
  /** Whether the stream will ask for trailers when all else was sent. */
  awaitsTrailers = false;

  constructor(stream: Http2Stream) {
    this.#stream = stream;
    stream.once("wantTrailers", () => {
      this.awaitsTrailers = false;
      if (this.#over && !stream.destroyed) stream.sendTrailers(this.#trailers ?? {});
      // They leave at the end of this turn.
      setImmediate(() => this.done());
    });
    stream.once("finish", () => this.awaitsTrailers || this.done());
  }

  /** Whether something is to be sent. */
  get holds(): boolean {
    return this.#parts.length > 0 || this.#trailers !== undefined;
  }

  get hasTrailers(): boolean {
    return this.#trailers !== undefined;
  }

  /** What is handed over must stay as it is until it was sent. */
  onBody(bytes: Buffer, from: number, to: number): void {
    if (to > from) this.#parts.push(bytes.subarray(from, to));
  }

  /** Nothing more comes. */
  end(trailers: OutgoingHttpHeaders | undefined): void {
    this.#over = true;
    this.#trailers = trailers;
  }

  /** Sends what came. `written` is called when the system has it; never if the stream ends before. */
  send(written: () => void): void {
    const stream = this.#stream;
    const parts = this.#parts;
    this.#parts = [];
    if (stream.destroyed || stream.closed) return;
    if (this.#over) {
      this.#whenDone = written;
      if (stream.writableFinished && !this.awaitsTrailers) this.done();
      else if (!stream.writableEnded) this.#end(parts);
    } else this.#write(parts, written);
  }

  /** The last of it was sent. */
  done(): void {
    const whenDone = this.#whenDone;
    this.#whenDone = undefined;
    whenDone?.();
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
}
