import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";
import { Rig } from "../../support/router-rig/rig";
import { target } from "../../support/router-rig/target";

/** A client and a server of `ws` with the router between them. */
class Pair {
  readonly router = new Rig();
  readonly #compression: boolean;
  client!: WebSocket;
  server!: WebSocket;

  constructor(compression = false) {
    this.#compression = compression;
  }

  async open(): Promise<this> {
    const perMessageDeflate = this.#compression && { threshold: 0 };
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate, handleProtocols: () => "v2" });
    await this.router.listen();
    const port = await this.router.app(
      (_, response) => response.end(),
      (server) =>
        server.on("upgrade", (request, socket, head) =>
          sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit("connection", opened)),
        ),
    );
    this.router.route([target("i1", port)]);
    const met = once(sockets, "connection");
    const options = { headers: { Host: "shop.localhost" }, perMessageDeflate };
    this.client = new WebSocket(`ws://127.0.0.1:${this.router.port}/`, ["v1", "v2"], options);
    await once(this.client, "open");
    [this.server] = (await met) as [WebSocket];
    return this;
  }

  async close(): Promise<void> {
    this.client.terminate();
    this.server.terminate();
    await this.router.close();
  }
}

let pair: Pair;
afterEach(() => pair.close());
const ends = ["client", "server"] as const;
const otherOf = { client: "server", server: "client" } as const;

test("the protocol that both know is agreed on", async () => {
  pair = await new Pair().open();
  expect([pair.client.protocol, pair.server.protocol]).toEqual(["v2", "v2"]);
});

describe.each(ends)("closed by the %s", (closer) => {
  test.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])(
    "with %i, both hear it, and why",
    async (code) => {
      pair = await new Pair().open();
      const heard = ends.map((end) => once(pair[end], "close"));
      const reason = "é".repeat(61);
      pair[closer].close(code, reason);
      const [[own], [others, why]] = (await Promise.all(closer === "client" ? heard : heard.reverse())) as [
        [number],
        [number, Buffer],
      ];
      expect([own, others, String(why)]).toEqual([code, code, reason]);
    },
  );

  test("without a code, the other hears none", async () => {
    pair = await new Pair().open();
    const heard = once(pair[otherOf[closer]], "close");
    pair[closer].close();
    expect((await heard)[0]).toBe(1005);
  });

  test("without a word, the other hears that it broke off", async () => {
    pair = await new Pair().open();
    const heard = once(pair[otherOf[closer]], "close");
    pair[closer].terminate();
    expect((await heard)[0]).toBe(1006);
  });
});

describe.each([
  ["plain", false],
  ["compressed", true],
])("%s messages", (_what, compression) => {
  // On either side of each length that has a form of its own, and of more than one read.
  const sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 65_537, 1_000_000];

  test.each(ends)("of every size arrive whole from the %s, text and binary", async (sender) => {
    pair = await new Pair(compression).open();
    const received: string[] = [];
    const receiver = pair[otherOf[sender]];
    const all = new Promise<void>((resolve) =>
      receiver.on("message", (data: Buffer, binary) => {
        received.push(`${binary ? "binary" : "text"} ${data.length} ${/^x*$/.test(String(data))}`);
        if (received.length === sizes.length * 2) resolve();
      }),
    );
    for (const size of sizes) {
      pair[sender].send("x".repeat(size));
      pair[sender].send(Buffer.alloc(size, "x"));
    }
    await all;
    expect(received).toEqual(sizes.flatMap((size) => [`text ${size} true`, `binary ${size} true`]));
  });

  test.each(ends)("in fragments, with pings between them, arrive as one from the %s", async (sender) => {
    pair = await new Pair(compression).open();
    const [from, to] = [pair[sender], pair[otherOf[sender]]];
    const pinged: string[] = [];
    to.on("ping", (data) => pinged.push(String(data)));
    const whole = once(to, "message");
    const pongs = new Promise<void>((resolve) => {
      let count = 0;
      from.on("pong", () => {
        count += 1;
        if (count === 2) resolve();
      });
    });
    from.send("one ", { fin: false });
    from.ping("a");
    from.send("", { fin: false });
    from.ping("b".repeat(125));
    from.send("message", { fin: true });
    expect(String((await whole)[0])).toBe("one message");
    await pongs;
    expect(pinged).toEqual(["a", "b".repeat(125)]);
  });
});

test.each([
  ["a length that it never has", [0x81, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1009],
  ["an opcode that is none", [0x83, 0x80, 0, 0, 0, 0], 1002],
  ["no mask", [0x81, 0x01, 0x78], 1002],
])("a frame with %s is the app's to refuse, whose code its client hears", async (_what, bytes, code) => {
  pair = await new Pair().open();
  pair.server.on("error", () => undefined);
  const heard = once(pair.client, "close");
  (pair.client as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(Buffer.from(bytes));
  expect((await heard)[0]).toBe(code);
});
