import type { Server } from "node:http";
import type { Socket } from "node:net";
import { messageOf } from "../../../core/error";
import type { Logger } from "../../../core/logger";
import type { ContainerPeers } from "./container-peers";

const quietMs = 10_000;

/**
 * Destroys connections that come out of a container before a byte of them is read: the API is no business of apps and builds. One from
 * a network that the platform had not heard of is destroyed as soon as the engine has told of that network.
 */
export function guardConnections(server: Server, peers: ContainerPeers, log: Logger): void {
  const refuse = refusal(peers.sources.now, log);
  server.once("listening", () => {
    peers.refresh().catch(unknown);
  });
  server.prependListener("connection", (socket: Socket) => {
    const peer = socket.remoteAddress;
    if (peer === undefined || peers.has(peer)) return refuse(socket, peer);
    peers.hasNow(peer).then((container) => {
      if (container) refuse(socket, peer);
    }, unknown);
  });

  function unknown(error: unknown): void {
    log.warn({ reason: messageOf(error) }, "the engine does not tell its networks; going by those known");
  }
}

/** Closes at once; logs the first of many, since whoever knocks could fill the log. */
function refusal(now: () => number, log: Logger): (socket: Socket, peer: string | undefined) => void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  let unlogged = 0;
  return (socket, peer) => {
    socket.on("error", (error) => log.debug({ peer, reason: error.message }, "refused connection broke"));
    socket.destroy();
    unlogged += 1;
    if (now() - loggedAt < quietMs) return;
    log.warn({ peer, connections: unlogged }, "connections from containers refused");
    loggedAt = now();
    unlogged = 0;
  };
}
