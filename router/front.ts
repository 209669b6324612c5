import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "./client";
import type { ClientFacts } from "./peer";
import type { Services } from "./services";

/** The side that clients speak to: each connection becomes a Client. */
export class Front {
  readonly server: Server;
  readonly #services: Services;
  readonly #clients = new Set<Client>();

  constructor(services: Services) {
    this.#services = services;
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000, allowHalfOpen: true };
    this.server = createServer(options, (socket) => this.accept(socket, factsOf(socket, "http")));
  }

  /** Serves a connection, whatever it came through: a socket, or TLS over one. */
  accept(socket: Socket, facts: ClientFacts): void {
    const client = new Client(socket, facts, this.#services, (ended) => this.#forget(ended));
    this.#clients.add(client);
    this.#services.clock.watch(client);
  }

  /** Stops accepting, also of `feeders`, lets what is in flight end, and cuts what has not ended after `limitMs`. */
  async drain(limitMs: number, feeders: Server[]): Promise<void> {
    const servers = [this.server, ...feeders].filter((server) => server.listening);
    const closed = Promise.all(servers.map((server) => once(server, "close")));
    for (const server of servers) server.close();
    for (const client of this.#clients) client.leave();
    const ended = new AbortController();
    const limit = delay(limitMs, undefined, { signal: ended.signal }).catch(() => undefined);
    await Promise.race([closed, limit]);
    ended.abort();
    for (const client of this.#clients) client.destroy();
  }

  #forget(client: Client): void {
    this.#clients.delete(client);
    this.#services.clock.forget(client);
  }
}

/** What a socket tells of its client. */
export function factsOf(socket: Socket, scheme: ClientFacts["scheme"]): ClientFacts {
  // Asked now: a socket that has closed has forgotten it.
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  return { scheme, address, port: socket.localPort ?? 0 };
}
