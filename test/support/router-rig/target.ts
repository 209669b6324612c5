import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import type { Target } from "../../../core/route";

export function target(instanceId: string, port: number, address = "127.0.0.1"): Target {
  return { instanceId, name: `web.${instanceId}`, node: "n1", address, port };
}

/** The port of a server that listens. */
export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}
