import type { Duplex } from "node:stream";
import type { Receiver } from "./delivery";
import type { Peer } from "./peer";

/** The client's connection, as one request of it needs it. */
export interface Asker extends Receiver {
  /** Who opened it. */
  readonly peer: Peer;
  /** Goes on with a body that was held back. */
  takeBody(): void;
  /** Gives the socket away, with what came and was not looked at. */
  detach(): { socket: Duplex; held: Buffer };
}
