import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { Client } from "./client";
import type { Watched } from "./clock";
import { ClientSession } from "./http2/client-session";
import type { ClientFacts } from "./peer";
import type { ProxyHeads } from "./proxy-protocol/proxy-heads";
import type { Services } from "./services";

/** What serves a connection. */
interface Serving extends Watched {
  /** Ends after what it has begun; if that is nothing, within `graceMs`: a request may be on its way. */
  leave(graceMs: number): void;
  destroy(): void;
}

export interface DrainLimits {
  limitMs: number;
  /** How long idle connections stay open, for a request that may be on its way. */
  graceMs: number;
}

/** The side that clients speak to: each connection becomes a Client; one of HTTP/2 a session, and each request of it a Client. */
export class Front {
  readonly server: Server;
  readonly #services: Services;
  readonly #serving = new Set<Serving>();
  /** Once it drains: when the last connection has closed. */
  #closed: Promise<void> | undefined;

  constructor(services: Services) {
    this.#services = services;
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000, allowHalfOpen: true };
    this.server = createServer(options, (socket) =>
      this.accept(socket, factsOf(socket, "http", services.heads)),
    );
  }

  /** Serves a connection, whatever it came through: a socket, or TLS over one. */
  accept(socket: Socket, facts: ClientFacts): void {
    if (socket instanceof TLSSocket && socket.alpnProtocol === "h2") this.#serveSession(socket, facts);
    else this.#serve(socket, facts);
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#serving.size;
  }

  /** Stops accepting, also of `feeders`, lets what is in flight end, and cuts what has not ended after `limitMs`. */
  async drain(feeders: Server[], { limitMs, graceMs }: DrainLimits): Promise<void> {
    this.#closed ??= closeAll([this.server, ...feeders]);
    for (const each of this.#serving) each.leave(graceMs);
    const ended = new AbortController();
    const limit = delay(limitMs, undefined, { signal: ended.signal }).catch(() => undefined);
    await Promise.race([this.#closed, limit]);
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

/** Resolves when all connections of servers that stop accepting now have closed. */
async function closeAll(servers: Server[]): Promise<void> {
  const open = servers.filter((server) => server.listening);
  const closed = Promise.all(open.map((server) => once(server, "close")));
  for (const server of open) server.close();
  await closed;
}

/** What a socket tells of its client, or its PROXY head does. */
export function factsOf(socket: Socket, scheme: ClientFacts["scheme"], heads?: ProxyHeads): ClientFacts {
  const source = heads?.sourceOf(socket);
  if (source) return { scheme, ...source };
  // Asked now: a socket that has closed has forgotten it.
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  return { scheme, address, port: socket.localPort ?? 0 };
}
