import type { Socket } from "node:net";
import type { Receiver } from "./delivery";
import type { ClientFacts } from "./headers";

/** The client's connection, as one request of it needs it. */
export interface Asker extends Receiver {
  /** What each request of it is sent on with. */
  readonly lines: string;
  readonly scheme: ClientFacts["scheme"];
  /** Goes on with a body that was held back. */
  takeBody(): void;
  /** Gives the socket away, with what came and was not looked at. */
  detach(): { socket: Socket; held: Buffer };
}
