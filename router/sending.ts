import { requestText, trailerLines } from "./headers";
import type { Fields } from "./http1/fields";
import type { RequestHead } from "./http1/request-head";
import type { Outlet } from "./outlet";
import type { Origin } from "./peer";

/** A request as its app gets it: the head written anew, the body framed as the client framed it. */
export class Sending {
  /** Whether it may be sent a second time (RFC 9110, 9.2.2), and can be: it has no body. */
  readonly repeatable: boolean;
  /** Whether it asks for another protocol, and may. */
  readonly changing: boolean;
  readonly #chunked: boolean;
  readonly #text: string;
  #done: boolean;

  /** `arrivedAt` in milliseconds since 1970. */
  constructor(head: RequestHead, origin: Origin, arrivedAt: number) {
    const { body, method } = head;
    this.#done = body.kind === "none" || (body.kind === "length" && body.length === 0);
    this.#chunked = body.kind === "chunked";
    this.repeatable = this.#done && idempotent.has(method);
    this.changing = this.#done && mayChange(head);
    this.#text = requestText(head, origin, arrivedAt, this.changing);
  }

  /** Whether all of it was written. */
  get done(): boolean {
    return this.#done;
  }

  begin(outlet: Outlet): void {
    outlet.text(this.#text);
  }

  pass(outlet: Outlet, bytes: Buffer, from: number, to: number): void {
    if (this.#chunked) outlet.text(`${(to - from).toString(16)}\r\n`);
    outlet.bytes(bytes, from, to, false);
    if (this.#chunked) outlet.text("\r\n");
  }

  end(outlet: Outlet | undefined, trailers: Fields | undefined): void {
    this.#done = true;
    if (this.#chunked) outlet?.text(`0\r\n${trailerLines(trailers)}\r\n`);
  }
}

const idempotent = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/**
 * Whether to ask the app for a change of protocol. A server may ignore the wish (RFC 9110, 7.8), and we do for h2c, whose frames could
 * carry requests past the router.
 */
const mayChange = ({ upgrade, minor }: RequestHead): boolean =>
  upgrade !== undefined && minor === 1 && !upgrade.toLowerCase().includes("h2c");
