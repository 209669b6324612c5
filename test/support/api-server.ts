import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { networkInterfaces } from "node:os";
import type { Logger } from "../../core/logger";
import { createApi } from "../../server/api/create-api";
import { ContainerPeers } from "../../server/api/peers/container-peers";
import type { Platform } from "../../server/api/platform/platform";

export interface ApiServer {
  url: string;
  port: number;
  server: Server;
  /** Every open connection, upgraded ones included. */
  sockets: Set<Socket>;
  logged: { level: string; fields: Record<string, unknown>; message: string }[];
  close(): Promise<void>;
}

/** The real API over a given platform, on a free port of 127.0.0.1. */
export async function startApi(
  platform: Platform,
  git: (req: IncomingMessage, res: ServerResponse) => void = (_req, res) => void res.end("git"),
): Promise<ApiServer> {
  const logged: ApiServer["logged"] = [];
  const level = (name: string) => (fields: Record<string, unknown>, message: string) =>
    void logged.push({ level: name, fields, message });
  const log: Logger = {
    debug: level("debug"),
    info: level("info"),
    warn: level("warn"),
    error: level("error"),
  };
  const containers = new ContainerPeers({
    addressPool: "10.213.0.0/16",
    interfaces: networkInterfaces,
    ranges: async () => [],
    now: Date.now,
  });
  const server = createApi({ platform, git, log, containers });
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    sockets,
    logged,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
