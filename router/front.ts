import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { Client } from "./client";
import type { Watched } from "./clock";
import { ClientSession } from "./http2/client-session";
import type { ClientFacts } from "./peer";
import type { Services } from "./services";

/** What serves a connection. */
interface Serving extends Watched {
  leave(): void;
  destroy(): void;
}

/** The side that clients speak to: each connection becomes a Client; one of HTTP/2 a session, and each request of it a Client. */
export class Front {
  readonly server: Server;
  readonly #services: Services;
  readonly #serving = new Set<Serving>();

  constructor(services: Services) {
    this.#services = services;
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000, allowHalfOpen: true };
    this.server = createServer(options, (socket) => this.accept(socket, factsOf(socket, "http")));
  }

  /** Serves a connection, whatever it came through: a socket, or TLS over one. */
  accept(socket: Socket, facts: ClientFacts): void {
    if (socket instanceof TLSSocket && socket.alpnProtocol === "h2") this.#serveSession(socket, facts);
    else this.#serve(socket, facts);
  }

  /** Stops accepting, also of `feeders`, lets what is in flight end, and cuts what has not ended after `limitMs`. */
  async drain(limitMs: number, feeders: Server[]): Promise<void> {
    const servers = [this.server, ...feeders].filter((server) => server.listening);
    const closed = Promise.all(servers.map((server) => once(server, "close")));
    for (const server of servers) server.close();
    for (const each of this.#serving) each.leave();
    const ended = new AbortController();
    const limit = delay(limitMs, undefined, { signal: ended.signal }).catch(() => undefined);
    await Promise.race([closed, limit]);
    ended.abort();
    for (const each of this.#serving) each.destroy();
  }

  #serve(socket: Socket, facts: ClientFacts): void {
    this.#keep(new Client(socket, facts, this.#services, (ended) => this.#forget(ended)));
  }

  #serveSession(socket: TLSSocket, facts: ClientFacts): void {
    const services = this.#services;
    // These end with their one request, or with the session: neither is told to leave.
    const serve = (stream: Duplex) =>
      services.clock.watch(new Client(stream, facts, services, (ended) => services.clock.forget(ended)));
    const onEnd = (ended: ClientSession) => this.#forget(ended);
    this.#keep(new ClientSession(socket, services, { serve, onEnd }));
  }

  #keep(serving: Serving): void {
    this.#serving.add(serving);
    this.#services.clock.watch(serving);
  }

  #forget(serving: Serving): void {
    this.#serving.delete(serving);
    this.#services.clock.forget(serving);
  }
}

/** What a socket tells of its client. */
export function factsOf(socket: Socket, scheme: ClientFacts["scheme"]): ClientFacts {
  // Asked now: a socket that has closed has forgotten it.
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  return { scheme, address, port: socket.localPort ?? 0 };
}
