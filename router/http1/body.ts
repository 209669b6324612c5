import type { BodySink } from "./body-sink";
import { ChunkReader } from "./chunked";
import type { Fields } from "./fields";
import type { Framing } from "./framing";
import type { HeadLimits } from "./head";

/** Reads one body after the other from a connection's chunks, framed as their heads say. */
export class BodyReader {
  readonly #limits: HeadLimits;
  #chunks: ChunkReader | undefined;
  #kind: Framing["kind"] = "none";
  #left = 0;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
  }

  /** Makes ready for a body; false when it is over already, for there is none. */
  begin(framing: Framing): boolean {
    this.#kind = framing.kind;
    this.#left = framing.kind === "length" ? framing.length : 0;
    if (framing.kind === "chunked") {
      this.#chunks ??= new ChunkReader(this.#limits);
      this.#chunks.begin();
    }
    return framing.kind === "chunked" || framing.kind === "close" || this.#left > 0;
  }

  /** Whether the body may end with the connection. */
  get endsWithConnection(): boolean {
    return this.#kind === "close";
  }

  /** The trailers of the body that has ended; undefined for none. */
  get trailers(): Fields | undefined {
    const fields = this.#kind === "chunked" ? this.#chunks?.trailers.fields : undefined;
    return fields !== undefined && fields.count > 0 ? fields : undefined;
  }

  /** Reads on. Returns the offset after the body when it ends here, else -1: then all was taken. Throws a `Refusal`. */
  read(bytes: Buffer, from: number, to: number, sink: BodySink): number {
    if (from >= to) return -1;
    if (this.#kind === "chunked" && this.#chunks) return this.#chunks.read(bytes, from, to, sink);
    if (this.#kind === "close") {
      sink.onBody(bytes, from, to);
      return -1;
    }
    const end = Math.min(to, from + this.#left);
    this.#left -= end - from;
    sink.onBody(bytes, from, end);
    return this.#left === 0 ? end : -1;
  }
}
