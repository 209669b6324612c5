import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { portOf } from "./target";

/** Servers on ports of their own, and the connections to end with them. */
export class Servers {
  readonly #servers: (Server | TcpServer)[] = [];
  readonly #sockets = new Set<Socket>();

  /** Resolves with the port of an app. */
  async app(listener: RequestListener, more: (server: Server) => void): Promise<number> {
    const server = createServer(listener);
    more(server);
    server.on("connection", (socket: Socket) => this.watch(socket));
    await this.listen(server);
    return portOf(server);
  }

  /** The same of one that speaks for itself, byte by byte. */
  async rawApp(onConnection: (socket: Socket) => void): Promise<number> {
    const server = createTcpServer((socket) => {
      this.watch(socket);
      socket.on("error", () => socket.destroy());
      onConnection(socket);
    });
    await this.listen(server);
    return portOf(server);
  }

  async listen(server: Server | TcpServer): Promise<void> {
    this.#servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }

  /** A connection that ends with the servers. */
  watch(socket: Socket): void {
    this.#sockets.add(socket);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) {
      if (!server.listening) continue;
      const closed = once(server, "close");
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
    }
  }
}
