import { target } from "../../../support/router-rig/target";
import { ask, Certified, Door } from "./door";
import { asking, block, FrameClient, flags, frame, frameTypes, setting, uint32 } from "./frames";

const refusedStream = 7;
const enhanceYourCalm = 11;
const small = { overheadBytes: { burst: 65_536, perSecond: 1_000 } };
let certified: Certified;
let door: Door;
beforeAll(() => {
  certified = new Certified();
});
afterAll(() => certified.clean());
afterEach(() => door.close());

async function open(options: ConstructorParameters<typeof Door>[1]): Promise<Door> {
  door = await new Door(certified, options).listen();
  const app = await door.rig.app((request, response) => {
    if (request.url !== "/held") response.end("x".repeat(Number(request.url?.slice(1)) || 1));
  });
  door.rig.route([target("i1", app)]);
  return door;
}
const dial = async (settings?: Buffer) => new FrameClient(await door.dial("h2"), settings);
/** One request after another, each with what follows it at once on its stream. */
async function floodRequests(client: FrameClient, then: (stream: number) => Buffer): Promise<void> {
  let stream = -1;
  await client.flood(() => {
    stream += 2;
    const head = flags.endStream | flags.endHeaders;
    return Buffer.concat([frame(frameTypes.headers, head, stream, block(asking("/held"))), then(stream)]);
  });
}
/** Nothing is left of it, and others are served. */
async function survived(): Promise<void> {
  while (Object.keys(door.rig.pool.inFlight()).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await ask(await door.session(), {})).status).toBe(200);
}

test("requests that are taken back at once end the connection (rapid reset)", async () => {
  await open({ http2: { resets: { burst: 50, perSecond: 1 } } });
  const client = await dial();
  await floodRequests(client, (stream) => frame(frameTypes.reset, 0, stream, uint32(8)));
  expect(await client.goaway()).toBe(enhanceYourCalm);
  expect(door.rig.lines.length).toBeLessThan(1_000);
  await survived();
});

test("streams that a client breaks are taken back, too", async () => {
  await open({ http2: { resets: { burst: 50, perSecond: 1 } } });
  const client = await dial();
  await floodRequests(client, (stream) => frame(frameTypes.windowUpdate, 0, stream, uint32(0)));
  await client.closed();
  expect(door.rig.lines.length).toBeLessThan(1_000);
  await survived();
});

test("a client may take back what it asked as long as it does not make a habit of it", async () => {
  await open({});
  const session = await door.session();
  for (let round = 0; round < 3; round += 1) {
    const streams = Array.from({ length: 50 }, () =>
      session.request({ ":path": "/held", ":authority": "shop.localhost" }),
    );
    for (const stream of streams) {
      stream.on("error", () => undefined);
      stream.close(8);
    }
  }
  expect((await ask(session, {})).status).toBe(200);
  await survived();
});

test.each<[what: string, bytes: () => Buffer]>([
  [
    "pings",
    () =>
      Buffer.concat(Array.from({ length: 500 }, () => frame(frameTypes.ping, flags.ack, 0, Buffer.alloc(8)))),
  ],
  [
    "pings to be answered",
    () => Buffer.concat(Array.from({ length: 500 }, () => frame(frameTypes.ping, 0, 0, Buffer.alloc(8)))),
  ],
  [
    "settings",
    () =>
      Buffer.concat(Array.from({ length: 500 }, () => frame(frameTypes.settings, 0, 0, setting(4, 65_535)))),
  ],
  [
    "window updates",
    () => Buffer.concat(Array.from({ length: 500 }, () => frame(frameTypes.windowUpdate, 0, 0, uint32(1)))),
  ],
  [
    "priorities",
    () => Buffer.concat(Array.from({ length: 500 }, () => frame(2, 0, 99, Buffer.from([0, 0, 0, 0, 1])))),
  ],
  ["frames that nobody knows", () => frame(0x77, 0, 0, Buffer.alloc(16_000))],
])("a flood of %s ends the connection", async (_what, bytes) => {
  await open({ http2: small });
  const client = await dial();
  await client.flood(bytes);
  await survived();
});

test("empty data frames end the connection", async () => {
  await open({ http2: small });
  const client = await dial();
  client.ask(1, asking("/held", "POST"), flags.endHeaders);
  await client.flood(() => Buffer.concat(Array.from({ length: 500 }, () => frame(frameTypes.data, 0, 1))));
  await survived();
});

test("small messages in frames of their own are no overhead", async () => {
  await open({ http2: small });
  const app = await door.rig.app((request, response) => request.resume().on("end", () => response.end()));
  door.rig.route([target("i2", app)]);
  const client = await dial();
  const messages = Buffer.concat(
    Array.from({ length: 8_000 }, () => frame(frameTypes.data, 0, 1, Buffer.from("x"))),
  );
  for (let stream = 1; stream < 13; stream += 2) {
    client.ask(stream, asking("/", "POST"), flags.endHeaders);
    for (let at = 5; at < messages.length; at += 10) messages.writeUInt32BE(stream, at);
    client.send(messages, frame(frameTypes.data, flags.endStream, stream));
    await client.frame((each) => each.type === frameTypes.headers && each.stream === stream);
  }
  await survived();
});

test("a head of endless continuations ends the connection", async () => {
  await open({});
  const client = await dial();
  client.send(frame(frameTypes.headers, flags.endStream, 1, block(asking())));
  await client.flood(() => frame(frameTypes.continuation, 0, 1, block([["x", "y"]])));
  expect(door.rig.lines).toEqual([]);
  await survived();
});

test("a client that takes an answer byte by byte costs no more than its budget", async () => {
  await open({ http2: small });
  const client = await dial(setting(4, 1));
  client.ask(1, asking("/100000"));
  await client.flood(() =>
    Buffer.concat(Array.from({ length: 500 }, () => frame(frameTypes.windowUpdate, 0, 1, uint32(1)))),
  );
  await survived();
});

test("an answer that the client never takes ends with its patience", async () => {
  await open({ limits: { idleMs: 50 } });
  const client = await dial(setting(4, 0));
  client.ask(1, asking("/100000"));
  await client.resetOf(1);
  expect(await door.rig.line()).toMatch(/code=H28/);
  await survived();
});

test("more streams than there may be are refused, and those below go on", async () => {
  await open({ http2: { streams: 3 } });
  const client = await dial();
  for (const stream of [1, 3, 5, 7]) client.ask(stream, asking("/held"));
  expect(await client.resetOf(7)).toBe(refusedStream);
  while (door.rig.pool.inFlight().i1 !== 3) await new Promise((resolve) => setTimeout(resolve, 5));
  client.socket.destroy();
  await survived();
});

test("a connection without a request is closed in order, one that says nothing at all is closed", async () => {
  await open({ limits: { headMs: 50, keepAliveMs: 50 } });
  const silent = await door.dial("h2");
  const client = await dial();
  expect(await client.goaway()).toBe(0);
  await client.closed();
  await new FrameClient(silent).closed();
});

test("a router that ends lets requests end, and says which was the last", async () => {
  await open({});
  let asked: (answer: () => void) => void;
  const answering = new Promise<() => void>((resolve) => {
    asked = resolve;
  });
  const app = await door.rig.app((_request, response) => asked(() => response.end("late")));
  door.rig.route([target("i2", app)]);
  const client = await dial();
  client.ask(1);
  const answer = await answering;
  const drained = door.rig.front.drain([door.feeder], { limitMs: 5_000, graceMs: 0 });
  const { payload } = await client.frame((each) => each.type === frameTypes.goaway);
  expect([payload.readUInt32BE(0), payload.readUInt32BE(4)]).toEqual([1, 0]);
  answer();
  const late = await client.frame((each) => each.type === frameTypes.data);
  expect(late.payload.toString()).toBe("late");
  await drained;
  await client.closed();
});
