import { once } from "node:events";
import { chmod, rename } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { errorCatalogue, isPaasError, messageOf } from "../core/error";
import type { Logger } from "../core/logger";

/** What a route answers: text as it is, all else as JSON; nothing is 204. */
export type AdminRoutes = Record<string, () => unknown>;

export interface AdminSocketOptions {
  path: string;
  /** By method and path: `GET /table`. */
  routes: AdminRoutes;
  log: Logger;
}

/** Whoever may open this socket (its owner) may look into the router and reload it. */
export class AdminSocket {
  readonly #options: AdminSocketOptions;
  readonly #server: Server;

  constructor(options: AdminSocketOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** A router without it routes as well: what keeps it from opening is told. */
  async open(): Promise<void> {
    const { path, log } = this.#options;
    // Under a name of its own: a router that ends later removes what it has opened, and that must not be ours.
    const own = `${path}.${process.pid}`;
    try {
      this.#server.listen(own);
      await once(this.#server, "listening");
      await chmod(own, 0o600);
      await rename(own, path);
    } catch (error) {
      log.error({ path, reason: messageOf(error) }, "the admin socket cannot be opened");
    }
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = this.#options.routes[`${request.method} ${request.url}`];
    request.resume();
    try {
      if (route) send(response, 200, await route());
      else send(response, 404, { code: "not_found", message: "There is nothing at this path." });
    } catch (error) {
      const code = isPaasError(error) ? error.code : "internal";
      send(response, errorCatalogue[code].http, { code, message: messageOf(error) });
    }
  }
}

function send(response: ServerResponse, status: number, answer: unknown): void {
  const isText = typeof answer === "string";
  response.writeHead(status, {
    "Content-Type": isText ? "text/plain; version=0.0.4; charset=utf-8" : "application/json",
  });
  response.end(isText ? answer : `${JSON.stringify(answer ?? null)}\n`);
}
