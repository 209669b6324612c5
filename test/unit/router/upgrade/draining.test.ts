import { once } from "node:events";
import { WebSocketServer } from "ws";
import { deferred } from "../../../support/deferred";
import { target } from "../../../support/router-rig/target";
import { useRigs } from "../../../support/router-rig/use-rigs";
import { dialWebSocket, webSocketApp } from "./ends";

const rig = useRigs();

describe("a WebSocket of an instance that left", () => {
  test("stays up to its limit, then is closed with 1001 on both sides; the count says that it is a stream", async () => {
    const router = await rig();
    const appClosed = deferred<number>();
    await webSocketApp(router, (socket) => {
      socket.on("message", (data) => socket.send(data));
      socket.on("close", appClosed.resolve);
    });
    const client = dialWebSocket(router);
    await once(client, "open");
    router.route([], "serve", { streamsMs: 3_600_000 });
    client.send("still here");
    const [answer] = await once(client, "message");
    expect(String(answer)).toBe("still here");
    expect(router.pool.inFlight()).toEqual({ i1: 1 });
    expect(router.pool.streams()).toEqual({ i1: 1 });
    // A new limit is for those that drain already, too.
    router.route([], "serve", { streamsMs: 0 });
    const [code] = await once(client, "close");
    expect([code, await appClosed.promise]).toEqual([1001, 1001]);
    await router.line();
    expect([router.pool.inFlight(), router.pool.streams()]).toEqual([{}, {}]);
    expect(router.idleReports.at(-1)).toEqual({});
  });

  test("is left alone when the instance comes back", async () => {
    const router = await rig();
    const port = await router.app(
      (_, response) => response.end(),
      (server) =>
        void new WebSocketServer({ server }).on("connection", (socket) =>
          socket.on("message", (data) => socket.send(data)),
        ),
    );
    router.route([target("i1", port)]);
    const client = dialWebSocket(router);
    await once(client, "open");
    router.route([], "serve", { streamsMs: 50 });
    router.route([target("i1", port)]);
    const sent = Date.now();
    while (Date.now() - sent < 100) {
      client.send("echo");
      await once(client, "message");
    }
    client.close();
    await once(client, "close");
  });

  test("ends at once with an app that is gone", async () => {
    const router = await rig();
    await webSocketApp(router, () => undefined);
    const client = dialWebSocket(router);
    await once(client, "open");
    router.empty();
    const [code] = await once(client, "close");
    expect(code).toBe(1001);
  });
});
