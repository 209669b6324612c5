import { once } from "node:events";
import type { Socket } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { deferred } from "../../../support/deferred";
import { target } from "../../../support/router-rig/target";
import { useRigs } from "../../../support/router-rig/use-rigs";
import { ask, dialWebSocket, switching, webSocketApp } from "./ends";

const rig = useRigs();

describe("a WebSocket", () => {
  test("carries messages both ways, the first of a server that speaks at once included", async () => {
    const router = await rig();
    await webSocketApp(router, (socket) => {
      socket.send("hello");
      socket.on("message", (data) => socket.send(data));
    });
    const client = dialWebSocket(router);
    const received: string[] = [];
    client.on("message", (data) => received.push(String(data)));
    await once(client, "open");
    const big = "x".repeat(300_000);
    client.send("one");
    client.send(big);
    while (received.length < 3) await once(client, "message");
    expect(received).toEqual(["hello", "one", big]);
    expect(router.pool.inFlight()).toEqual({ i1: 1 });
    client.close(4000, "done");
    const [code] = await once(client, "close");
    expect(code).toBe(4000);
    expect(await router.line()).toMatch(/^at=info method=GET path="\/chat" .* status=101 bytes=\d+$/);
    expect(router.pool.inFlight()).toEqual({});
  });

  test("keeps compression, fragments, pings and close codes as the two sides agreed on them", async () => {
    const router = await rig();
    const port = await router.app(
      (_, response) => response.end(),
      (server) => {
        const sockets = new WebSocketServer({ server, perMessageDeflate: { threshold: 0 } });
        sockets.on("connection", (socket) => {
          socket.on("message", (data, binary) => socket.send(data, { binary }));
          socket.on("ping", (data) => socket.send(`pinged with ${data}`));
        });
      },
    );
    router.route([target("i1", port)]);
    const options = { headers: { Host: "shop.localhost" }, perMessageDeflate: { threshold: 0 } };
    const client = new WebSocket(`ws://127.0.0.1:${router.port}/chat`, options);
    const received: string[] = [];
    client.on("message", (data, binary) => received.push(`${binary ? "binary" : "text"} ${String(data)}`));
    await once(client, "open");
    expect(client.extensions).toContain("permessage-deflate");
    client.send("frag", { fin: false });
    client.send("mented", { fin: true });
    client.send(Buffer.from("bytes"));
    const long = "0123456789".repeat(20_000);
    client.send(long);
    client.ping("hello");
    const [pong] = (await once(client, "pong")) as [Buffer];
    expect(String(pong)).toBe("hello");
    while (received.length < 4) await once(client, "message");
    expect(received.sort()).toEqual(
      ["binary bytes", "text fragmented", `text ${long}`, "text pinged with hello"].sort(),
    );
    router.goAway();
    const [code] = await once(client, "close");
    expect(code).toBe(1001);
  });

  test("is closed with 1001 on both sides when the router goes away", async () => {
    const router = await rig();
    const appClosed = deferred<number>();
    await webSocketApp(router, (socket) => void socket.on("close", appClosed.resolve));
    const client = dialWebSocket(router);
    await once(client, "open");
    router.goAway();
    const [code] = await once(client, "close");
    expect(code).toBe(1001);
    expect(await appClosed.promise).toBe(1001);
    await router.line();
    expect(router.pool.inFlight()).toEqual({});
  });

  test("is not closed in the middle of a message", async () => {
    const router = await rig();
    const app = deferred<Socket>();
    const port = await router.rawApp((socket) => {
      socket.once("data", () => {
        socket.write(switching.replace("echo", "websocket"));
        app.resolve(socket);
      });
    });
    router.route([target("i1", port)]);
    const client = await router.client(ask.replace("echo", "websocket"));
    await client.receive(/\r\n\r\n$/);
    client.text = "";
    const socket = await app.promise;
    // A text message in two fragments, the second cut in two, and one more message that comes too late.
    socket.write(Buffer.from("\x01\x03one\x80\x03t", "latin1"));
    await client.receive(/one/);
    router.goAway();
    socket.write(Buffer.from("wo\x81\x04late", "latin1"));
    expect(await client.end()).toBe("\x01\x03one\x80\x03two\x88\x02\x03\xe9");
  });

  test("whose client resets ends the app's side, and the process goes on", async () => {
    const router = await rig();
    const gone = new Promise<number>((resolve) => {
      void webSocketApp(router, (socket) => void socket.on("close", resolve));
    });
    await router.routed();
    const client = await router.client(
      "GET / HTTP/1.1\r\nHost: shop.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    await client.receive(/101/);
    client.socket.resetAndDestroy();
    expect(await gone).toBe(1006);
    await router.line();
    expect(router.pool.inFlight()).toEqual({});
  });

  test("whose app resets ends the client's side, and the process goes on", async () => {
    const router = await rig();
    await webSocketApp(router, (socket) => setImmediate(() => socket.terminate()));
    const client = dialWebSocket(router);
    const [code] = await once(client, "close");
    expect(code).toBe(1006);
    await router.line();
    expect(router.pool.inFlight()).toEqual({});
  });
});
