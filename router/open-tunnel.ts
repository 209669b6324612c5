import type { Duplex } from "node:stream";
import type { Exchange } from "./exchange";
import { answerLines } from "./headers";
import { kinds } from "./http1/field-names";
import type { RequestHead } from "./http1/request-head";
import type { ResponseHead } from "./http1/response-head";
import { Tunnel } from "./tunnel";

export interface Ends {
  /** The client's socket, and what it sent after its request. */
  client: { socket: Duplex; held: Buffer };
  /** The app's socket, and what it sent after its answer. */
  upstream: { socket: Duplex; rest: Buffer };
  protocol: string;
}

/** The protocol that an app has changed to: one that it names, or the one that it was asked for. */
export const protocolOf = (head: ResponseHead, asked: RequestHead): string =>
  head.fields.first(kinds.upgrade) ?? asked.upgrade ?? "";

/** The head of an answer that changes the protocol, as the client gets it. */
export const switchingText = (head: ResponseHead, protocol: string): string =>
  `${answerLines(head)}Connection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;

/** Bytes both ways from here on, as a stream of the exchange, which ends with the client's socket. */
export function openTunnel(
  { client, upstream, protocol }: Ends,
  exchange: Exchange,
  tunnels: Set<Tunnel>,
): void {
  const tunnel = new Tunnel({
    client: client.socket,
    upstream: upstream.socket,
    clientHead: client.held,
    upstreamHead: upstream.rest,
    frames: protocol.toLowerCase() === "websocket",
    onBytes: (count) => {
      exchange.bytes += count;
    },
  });
  tunnels.add(tunnel);
  client.socket.once("close", () => {
    tunnels.delete(tunnel);
    exchange.end(101);
  });
  exchange.becomeStream(() => tunnel.goAway());
}
