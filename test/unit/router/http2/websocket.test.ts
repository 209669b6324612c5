import { once } from "node:events";
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { WebSocketServer } from "ws";
import { target } from "../../../support/router-rig/target";
import { ask, Certified, Door } from "./door";

let certified: Certified;
let door: Door;
let echo: WebSocketServer;
beforeAll(() => {
  certified = new Certified();
});
afterAll(() => certified.clean());
beforeEach(async () => {
  door = await new Door(certified).listen();
  echo = new WebSocketServer({ noServer: true, handleProtocols: () => "chat" });
  echo.on("connection", (socket) => socket.on("message", (data) => socket.send(`echo ${String(data)}`)));
  const app = await door.rig.app(
    (_request, response) => response.writeHead(404).end("no socket here"),
    (server) =>
      server.on("upgrade", (request, socket, head) => {
        if (request.url === "/none") socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        else echo.handleUpgrade(request, socket, head, (opened) => echo.emit("connection", opened));
      }),
  );
  door.rig.route([target("i1", app)]);
});
afterEach(() => door.close());

const connecting = (path: string) => ({
  ":method": "CONNECT",
  ":protocol": "websocket",
  ":path": path,
  ":scheme": "https",
  ":authority": "shop.localhost",
  "sec-websocket-version": "13",
  "sec-websocket-protocol": "chat",
});

async function open(path = "/chat"): Promise<Socket> {
  const session = await door.session();
  expect(session.remoteSettings.enableConnectProtocol).toBe(true);
  return new Socket(session, session.request(connecting(path), { endStream: false }));
}

/** A WebSocket on a stream, with short frames. */
class Socket {
  readonly session: ClientHttp2Session;
  readonly stream: ClientHttp2Stream;
  #read = Buffer.alloc(0);

  constructor(session: ClientHttp2Session, stream: ClientHttp2Stream) {
    this.session = session;
    this.stream = stream;
    stream.on("data", (chunk: Buffer) => {
      this.#read = Buffer.concat([this.#read, chunk]);
    });
  }

  /** A text, or a part of one; masked with zeros. */
  send(text: string, { last = true, first = true } = {}): void {
    const opcode = (last ? 0x80 : 0) | (first ? 1 : 0);
    this.stream.write(
      Buffer.concat([Buffer.from([opcode, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]),
    );
  }

  /** The next frame: its first byte and its payload. */
  async next(): Promise<[first: number, payload: Buffer]> {
    while (this.#read.length < 2 || this.#read.length < 2 + this.#read.readUInt8(1))
      await once(this.stream, "data");
    const end = 2 + this.#read.readUInt8(1);
    const frame: [number, Buffer] = [this.#read.readUInt8(0), this.#read.subarray(2, end)];
    this.#read = this.#read.subarray(end);
    return frame;
  }
}

test("a WebSocket runs on a stream beside other requests", async () => {
  const socket = await open();
  const [headers] = await once(socket.stream, "response");
  expect(headers).toMatchObject({ ":status": 200, "sec-websocket-protocol": "chat" });
  expect(headers).not.toHaveProperty("sec-websocket-accept");
  socket.send("one");
  expect(String((await socket.next())[1])).toBe("echo one");
  expect(door.rig.pool.streams()).toEqual({ i1: 1 });
  expect((await ask(socket.session, {})).body).toBe("no socket here");
  socket.stream.end();
  expect(await door.rig.line((line) => line.includes("/chat"))).toMatch(/status=101 bytes=\d\d/);
});

test("a router that ends closes it with 1001, after the message under way", async () => {
  const socket = await open();
  await once(socket.stream, "response");
  socket.send("one ", { last: false });
  // The router has seen the first half when it passes what stands between: a ping, and the app's pong.
  socket.stream.write(Buffer.from([0x89, 0x80, 0, 0, 0, 0]));
  expect((await socket.next())[0]).toBe(0x8a);
  door.rig.goAway();
  expect(await socket.next()).toEqual([0x88, Buffer.from([0x03, 0xe9])]);
  const [opened] = [...echo.clients];
  const heard = new Promise((resolve) => opened?.once("message", (data) => resolve(String(data))));
  const closed = new Promise((resolve) => opened?.once("close", resolve));
  socket.send("two", { first: false });
  expect(await heard).toBe("one two");
  expect(await closed).toBe(1001);
});

test("a client that leaves ends the app's connection", async () => {
  const closed = once(echo, "connection").then(([opened]) => once(opened, "close"));
  const socket = await open();
  await once(socket.stream, "response");
  socket.stream.on("error", () => undefined);
  socket.stream.close(8);
  await closed;
  expect(await door.rig.line()).toMatch(/status=101/);
});

test("an app that will not is heard", async () => {
  const socket = await open("/none");
  const [headers] = await once(socket.stream, "response");
  expect(headers).toMatchObject({ ":status": 403 });
});
