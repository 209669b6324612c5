import { grpcHeadBytes } from "../core/grpc-frame";
import type { ErrorPage } from "./error-pages";
import type { Tail } from "./tail";

export const isGrpc = (contentType: string | undefined): boolean =>
  /^application\/grpc\b/i.test(contentType ?? "");

/** UNAVAILABLE, which clients take for: try again, elsewhere if you can. */
const unavailable = { "grpc-status": "14", "grpc-message": "the instance is being replaced" };

/** What stands behind an answer that the router ends: lines of trailers, each with its end. */
export const goneTrailers: string = Object.entries(unavailable)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join("");

/** The same for a call that has no answer yet. */
export const gonePage: ErrorPage = {
  status: 200,
  reason: "OK",
  headers: { "Content-Type": "application/grpc", "Content-Length": "0", ...unavailable },
  body: "",
};

/** Follows messages as gRPC frames them: a byte of flags, four of length, and so many of the message. */
export class MessageTail implements Tail {
  /** Of the head of the message under way, or -1 while its body passes. */
  #headRead = 0;
  #left = 0;

  get isBetween(): boolean {
    return this.#headRead === 0;
  }

  push(chunk: Buffer): number {
    return this.#read(chunk, true);
  }

  follow(chunk: Buffer): void {
    this.#read(chunk, false);
  }

  /** Up to the end of the first message, or of all; the offset after the message that ended last, or -1. */
  #read(chunk: Buffer, toFirst: boolean): number {
    let end = -1;
    for (let offset = 0; offset < chunk.length && !(toFirst && end >= 0); ) {
      offset = this.#headRead < 0 ? this.#skip(chunk, offset) : this.#readHead(chunk, offset);
      if (this.#headRead < 0 && this.#left === 0) {
        this.#headRead = 0;
        end = offset;
      }
    }
    return end;
  }

  #skip(chunk: Buffer, from: number): number {
    const skipped = Math.min(this.#left, chunk.length - from);
    this.#left -= skipped;
    return from + skipped;
  }

  #readHead(chunk: Buffer, from: number): number {
    if (this.#headRead > 0) this.#left = this.#left * 256 + (chunk[from] ?? 0);
    else this.#left = 0;
    this.#headRead = this.#headRead === grpcHeadBytes - 1 ? -1 : this.#headRead + 1;
    return from + 1;
  }
}
