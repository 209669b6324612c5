import type { Duplex } from "node:stream";
import type { Exchange } from "./exchange";
import { Tunnel } from "./tunnel";

export interface Ends {
  /** The client's socket, and what it sent after its request. */
  client: { socket: Duplex; held: Buffer };
  /** The app's socket, and what it sent after its answer. */
  upstream: { socket: Duplex; rest: Buffer };
  protocol: string;
}

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
