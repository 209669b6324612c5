import { once } from "node:events";
import type { Socket } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { closedPort, Rig, target } from "./rig";

const rigs: Rig[] = [];
async function rig(...options: ConstructorParameters<typeof Rig>): Promise<Rig> {
  const made = await new Rig(...options).listen();
  rigs.push(made);
  return made;
}
afterEach(async () => {
  for (const made of rigs.splice(0)) await made.close();
});

const ask = "GET /chat HTTP/1.1\r\nHost: shop.localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

async function webSocketApp(router: Rig, onSocket: (socket: WebSocket) => void): Promise<void> {
  const port = await router.app(
    (_, response) => response.end(),
    (server) => void new WebSocketServer({ server }).on("connection", onSocket),
  );
  router.route([target("i1", port)]);
}

function dialWebSocket(router: Rig): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${router.port}/chat`, { headers: { Host: "shop.localhost" } });
}

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
    while (router.table.version === 0) await new Promise((resolve) => setImmediate(resolve));
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

describe("an upgrade", () => {
  test("passes the bytes that came with either head, once and first", async () => {
    const router = await rig();
    const seen: string[] = [];
    const port = await router.rawApp((socket) => {
      socket.on("data", (chunk) => {
        seen.push(String(chunk));
        if (seen.length === 1) socket.write(`${switching}from-app`);
      });
    });
    router.route([target("i1", port)]);
    const client = await router.client(`${ask}from-client`);
    const text = await client.receive(/from-app/);
    expect(text.match(/^Upgrade:/gim)).toHaveLength(1);
    expect(text.match(/^Connection:/gim)).toHaveLength(1);
    while (!seen.join("").endsWith("from-client")) await new Promise((resolve) => setImmediate(resolve));
    client.socket.write(" and later");
    while (!seen.join("").endsWith("and later")) await new Promise((resolve) => setImmediate(resolve));
    // Nothing of the client's goes before the app has agreed: it could be requests that the router never saw.
    expect(seen[0]).not.toContain("from-client");
  });

  test("that the app declines is answered with what it said, and closed on both sides", async () => {
    const router = await rig();
    const closed = new Promise<void>((resolve) => {
      void router
        .app(
          (request, response) => {
            response.statusCode = 404;
            response.end(`no ${request.headers.upgrade ?? "upgrade"}`);
          },
          (server) =>
            server.on("upgrade", (_, socket) => {
              socket.resume().once("end", () => resolve());
              socket.write("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone");
            }),
        )
        .then((port) => router.route([target("i1", port)]));
    });
    while (router.table.version === 0) await new Promise((resolve) => setImmediate(resolve));
    const client = await router.client(ask);
    expect(await client.end()).toMatch(/^HTTP\/1\.1 404 Not Found\r\n[\s\S]*\r\n\r\nnone$/);
    await closed;
    expect(await router.line()).toContain("status=404");
    expect(router.pool.inFlight()).toEqual({});
  });

  test.each([
    [
      "h2c",
      "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
      "Connection: Upgrade, HTTP2-Settings\r\n",
      "",
    ],
    ["anything with a body", "Upgrade: echo\r\nContent-Length: 4\r\n", "Connection: Upgrade\r\n", "body"],
  ])(
    "to %s is an ordinary request, and the connection serves the next one too",
    async (_, upgrade, connection, body) => {
      const router = await rig();
      const port = await router.app(async (request, response) => {
        let text = "";
        for await (const chunk of request) text += String(chunk);
        response.end(`<${request.url} ${request.headers.upgrade} ${text}>`);
      });
      router.route([target("i1", port)]);
      const client = await router.client(
        `POST /1 HTTP/1.1\r\nHost: shop.localhost\r\n${connection}${upgrade}\r\n${body}GET /2 HTTP/1.1\r\nHost: shop.localhost\r\n\r\n`,
      );
      await client.receive(new RegExp(`</1 undefined ${body}>[\\s\\S]*</2 undefined >`));
    },
  );

  test.each([
    ["nowhere", 404, null],
    ["to an app that refuses", 503, "H21"],
    ["to an app that hangs up", 502, "H13"],
    ["to an app that says nothing", 503, "H12"],
  ])("%s gets a page with status %d", async (where, status, code) => {
    const router = await rig({ limits: { firstByteMs: 50 } });
    const port = await router.rawApp((socket) => void (where.includes("hangs up") && socket.destroy()));
    router.route([target("i1", where.includes("refuses") ? await closedPort() : port)]);
    const client = await router.client(where === "nowhere" ? ask.replace("shop.", "other.") : ask);
    expect(await client.end()).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*${code ? `\\(${code}\\)` : "No such app"}`),
    );
    if (where !== "nowhere") await router.line();
    expect(router.pool.inFlight()).toEqual({});
  });
});

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
