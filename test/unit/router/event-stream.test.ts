import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { EventTail } from "../../../router/event-stream";
import { Rig } from "../../support/router-rig/rig";
import { target } from "../../support/router-rig/target";

let router: Rig;
let answers: ServerResponse[];
let port: number;
beforeEach(async () => {
  router = await new Rig().listen();
  answers = [];
  port = await router.app((request, response) => {
    const type = request.url === "/events" ? "text/event-stream" : "text/plain";
    response.writeHead(200, { "Content-Type": type });
    response.write("data: 1\n\n");
    answers.push(response);
  });
  router.route([target("i1", port)]);
});
afterEach(() => router.close());

const ask = (path: string) =>
  router.client(`GET ${path} HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\n\r\n`);
/** The last chunk of an answer that ended in order. */
const inOrder = /\r\n0\r\n\r\n$/;

describe("an event stream of an instance that left", () => {
  test("stays up to its limit and then ends in order, towards the app too", async () => {
    const client = await ask("/events");
    await client.receive(/data: 1/);
    router.route([], "serve", { streamsMs: 3_600_000 });
    answers[0]?.write("data: 2\n\n");
    await client.receive(/data: 2/);
    expect([router.pool.inFlight(), router.pool.streams()]).toEqual([{ i1: 1 }, { i1: 1 }]);
    const atApp = once(answers[0] as ServerResponse, "close");
    router.route([], "serve", { streamsMs: 0 });
    expect(await client.end()).toMatch(inOrder);
    await atApp;
    expect(await router.line()).toMatch(/^at=info .* status=200/);
    expect(router.pool.inFlight()).toEqual({});
  });

  test("is not cut within an event", async () => {
    const client = await ask("/events");
    await client.receive(/data: 1/);
    answers[0]?.write("data: ha");
    await client.receive(/data: ha/);
    router.pool.closeStreams();
    answers[0]?.write("lf\n\ndata: too late\n\n");
    const text = await client.end();
    expect(text).toMatch(inOrder);
    expect(text).toContain("lf\n\n");
    expect(text).not.toContain("late");
  });

  test("that begins after the limit ends at once", async () => {
    const slow = await router.app((_, response) => {
      response.setHeader("Content-Type", "text/event-stream");
      answers.push(response);
    });
    router.route([target("i2", slow)]);
    const client = await ask("/events");
    while (answers.length === 0) await new Promise((resolve) => setImmediate(resolve));
    router.pool.closeStreams();
    expect(router.pool.inFlight()).toEqual({ i2: 1 });
    answers[0]?.write("data: 1\n\n");
    expect(await client.end()).toMatch(inOrder);
  });

  test("closes with the router, while a plain answer goes on", async () => {
    const [events, plain] = [await ask("/events"), await ask("/plain")];
    await Promise.all([events.receive(/data: 1/), plain.receive(/data: 1/)]);
    expect(router.pool.streams()).toEqual({ i1: 1 });
    router.pool.closeStreams();
    expect(await events.end()).toMatch(inOrder);
    expect(plain.socket.destroyed).toBe(false);
    for (const answer of answers) answer.end("rest");
    expect(await plain.end()).toMatch(/rest/);
  });
});

test.each([
  [["a\n\nb"], [3], false],
  [["a\n", "\nb\n\n"], [-1, 1], true],
  [["a\r\n\r", "\n"], [-1, 1], true],
  [["\n\nda", "ta"], [2, -1], false],
  [["a\r\r"], [3], true],
])("in %j the first events end at %j", (chunks, ends, between) => {
  const tail = new EventTail();
  expect(tail.isBetween).toBe(true);
  expect(chunks.map((chunk) => tail.push(Buffer.from(chunk)))).toEqual(ends);
  expect(tail.isBetween).toBe(between);
  const followed = new EventTail();
  for (const chunk of chunks) followed.follow(Buffer.from(chunk));
  expect(followed.isBetween).toBe(between);
});
