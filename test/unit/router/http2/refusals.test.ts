import type { Socket } from "node:net";
import { target } from "../../../support/router-rig/target";
import { ask, Certified, Door } from "./door";
import { asking, block, FrameClient, flags, frame, frameTypes } from "./frames";

const protocolError = 1;
let certified: Certified;
let door: Door;
let reached: string;
beforeAll(() => {
  certified = new Certified();
});
afterAll(() => certified.clean());
beforeEach(async () => {
  door = await new Door(certified).listen();
  reached = "";
  const app = await door.rig.rawApp((socket: Socket) =>
    socket.on("data", (chunk) => {
      reached += chunk.toString("latin1");
      if (reached.includes("/good")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }),
  );
  door.rig.route([target("i1", app)]);
});
afterEach(() => door.close());

const dial = async () => new FrameClient(await door.dial("h2"));
/** The status on a stream; HPACK of the answers used here begins with it, indexed or as a literal. */
const refused = (client: FrameClient, stream: number) =>
  client.frame(
    (each) => each.stream === stream && (each.type === frameTypes.headers || each.type === frameTypes.reset),
  );

test.each<[what: string, more: [string, string][]]>([
  ["Connection", [["connection", "close"]]],
  ["Transfer-Encoding", [["transfer-encoding", "chunked"]]],
  [
    "two lengths",
    [
      ["content-length", "0"],
      ["content-length", "5"],
    ],
  ],
  ["a length with an underscore", [["content_length", "5"]]],
  ["two hosts", [["host", "other.localhost"]]],
  [
    "a pseudo-header behind a header",
    [
      ["x", "y"],
      [":path", "/other"],
    ],
  ],
])("%s never reaches the app, and the connection goes on", async (_what, more) => {
  const client = await dial();
  client.ask(1, [...asking("/bad"), ...more]);
  client.ask(3, asking("/good"));
  await client.frame((each) => each.stream === 3 && each.type === frameTypes.data);
  await refused(client, 1);
  expect(reached).toMatch(/^GET \/good /);
});

test("a header that could be another line is left away by the library before we see it", async () => {
  const client = await dial();
  const broken: [string, string][] = [
    ["x", "a\r\nEvil: 1"],
    ["x", "a\nEvil: 1"],
    ["x", "a\0Evil"],
    ["x\r\nevil", "1"],
    ["evil: 1", "2"],
    ["host", "shop.localhost\r\nEvil: 1"],
  ];
  client.ask(1, [...asking("/good"), ...broken, ["last", "one"]]);
  await client.frame((each) => each.stream === 1 && each.type === frameTypes.data);
  expect(reached).toContain("last: one");
  expect(reached).not.toMatch(/evil|\0/i);
});

test.each<[what: string, length: number, sent: string]>([
  ["more than its length", 3, "hello"],
  ["less than its length", 9, "hello"],
])(
  "a body of %s is a fault of the stream, and nothing of it becomes another request",
  async (_what, length, sent) => {
    const client = await dial();
    client.ask(1, [...asking("/bad", "POST"), ["content-length", String(length)]], flags.endHeaders);
    client.send(frame(frameTypes.data, flags.endStream, 1, Buffer.from(sent)));
    expect(await client.resetOf(1)).toBe(protocolError);
    expect(await door.rig.line()).toMatch(/status=499/);
  },
);

test("a body that looks like a request is a body", async () => {
  const client = await dial();
  const smuggled = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: shop.localhost\r\n\r\n";
  client.ask(1, asking("/good", "POST"), flags.endHeaders);
  client.send(frame(frameTypes.data, flags.endStream, 1, Buffer.from(smuggled)));
  await client.frame((each) => each.stream === 1 && each.type === frameTypes.data);
  expect(door.rig.lines).toHaveLength(1);
  expect(reached).toContain(`${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`);
});

test("trailers cannot frame or route", async () => {
  const client = await dial();
  client.ask(1, asking("/good", "POST"), flags.endHeaders);
  client.send(frame(frameTypes.data, 0, 1, Buffer.from("x")));
  const trailers: [string, string][] = [
    ["x_forwarded_for", "6.6.6.6"],
    ["x-forwarded-for", "6.6.6.6"],
    ["x-sum", "1"],
  ];
  client.send(frame(frameTypes.headers, flags.endStream | flags.endHeaders, 1, block(trailers)));
  await client.frame((each) => each.stream === 1 && each.type === frameTypes.data);
  expect(reached).toContain("0\r\nx-sum: 1\r\n\r\n");
  expect(reached).not.toMatch(/6\.6\.6\.6/);
});

test("a head that is too large is answered with 431, or reset when it is far too large", async () => {
  const session = await door.session();
  const many = Object.fromEntries(Array.from({ length: 140 }, (_, number) => [`x-${number}`, "y"]));
  expect((await ask(session, many)).status).toBe(431);
  expect((await ask(session, { x: "y".repeat(17_000) })).status).toBe(431);
  await expect(ask(session, { x: "y".repeat(40_000) })).rejects.toThrow("ENHANCE_YOUR_CALM");
  expect(reached).toBe("");
});

test("what is no HTTP/2 at all ends the connection", async () => {
  const socket = await door.dial("h2");
  socket.write("GET / HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
  await new FrameClient(socket).closed();
  expect(reached).toBe("");
});
