import { WebSocket, WebSocketServer } from "ws";
import type { Rig } from "../../../support/router-rig/rig";
import { target } from "../../../support/router-rig/target";

/** What asks for an upgrade to a protocol of nobody's, and what agrees to it. */
export const ask =
  "GET /chat HTTP/1.1\r\nHost: shop.localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
export const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

/** Routes to an app of WebSockets. */
export async function webSocketApp(router: Rig, onSocket: (socket: WebSocket) => void): Promise<void> {
  const port = await router.app(
    (_, response) => response.end(),
    (server) => void new WebSocketServer({ server }).on("connection", onSocket),
  );
  router.route([target("i1", port)]);
}

export function dialWebSocket(router: Rig): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${router.port}/chat`, { headers: { Host: "shop.localhost" } });
}
