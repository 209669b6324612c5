import { once } from "node:events";
import { text } from "node:stream/consumers";
import { closedPort, target } from "../../../support/router-rig/target";
import { answerOf, ask, Certified, Door } from "./door";

let certified: Certified;
let door: Door;
beforeAll(() => {
  certified = new Certified();
});
afterAll(() => certified.clean());
beforeEach(async () => {
  door = await new Door(certified).listen();
});
afterEach(() => door.close());

/** Resolves when no request is in flight any more. */
async function idle(): Promise<void> {
  while (Object.keys(door.rig.pool.inFlight()).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

test("a request reaches the app as one of HTTP/1.1, with the router's own headers", async () => {
  const app = await door.rig.app((request, response) =>
    response.end(
      JSON.stringify({ url: request.url, version: request.httpVersion, headers: request.headers }),
    ),
  );
  door.rig.route([target("i1", app)]);
  const { status, headers, body } = await ask(await door.session(), {
    ":path": "//a?b=//c",
    cookie: ["a=1", "b=2"],
    te: "trailers",
    "x-forwarded-for": "6.6.6.6",
    x_forwarded_for: "6.6.6.6",
  });
  expect(status).toBe(200);
  expect(headers.date).toBeDefined();
  const seen = JSON.parse(body);
  expect(seen).toMatchObject({ url: "//a?b=//c", version: "1.1" });
  expect(seen.headers).toEqual({
    host: "shop.localhost",
    cookie: "a=1; b=2",
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-proto": "https",
    "x-forwarded-port": String(door.port),
    "x-forwarded-host": "shop.localhost",
    "x-request-id": expect.any(String),
    "x-request-start": expect.any(String),
  });
  expect(await door.rig.line()).toMatch(
    /method=GET path="\/\/a\?b=\/\/c" host=shop.localhost .* status=200 bytes=/,
  );
});

test("bodies and trailers pass both ways", async () => {
  const app = await door.rig.app(async (request, response) => {
    const body = await text(request);
    response.setHeader("Set-Cookie", ["a=1", "b=2"]).setHeader("Vary", ["x", "y"]);
    response.writeHead(200, { trailer: "x-sum" });
    response.write(`${request.headers["content-length"]} ${request.headers["transfer-encoding"]} `);
    response.addTrailers({ "x-sum": `${body.length} ${request.trailers["x-end"]}` });
    response.end(body.slice(0, 3));
  });
  door.rig.route([target("i1", app)]);
  const session = await door.session();
  const known = await ask(session, { ":method": "POST", "content-length": "5" }, "hello");
  expect(known).toMatchObject({ status: 200, body: "5 undefined hel", trailers: { "x-sum": "5 undefined" } });
  expect(known.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  expect(known.headers.vary).toBe("x, y");
  const stream = session.request(
    { ":method": "POST", ":authority": "shop.localhost" },
    { waitForTrailers: true },
  );
  stream.on("wantTrailers", () => stream.sendTrailers({ "x-end": "bye" }));
  stream.end("h".repeat(300_000));
  expect(await answerOf(stream)).toMatchObject({
    body: "undefined chunked hhh",
    trailers: { "x-sum": "300000 bye" },
  });
  expect(await ask(session, { ":method": "POST" })).toMatchObject({ body: "0 undefined " });
});

test("HEAD, answers without a body and 1xx are what they are", async () => {
  const app = await door.rig.app((request, response) => {
    if (request.url === "/hints") response.writeEarlyHints({ link: "</a.css>; rel=preload" });
    const status = Number(request.url?.slice(1)) || 200;
    response.writeHead(status, status === 200 ? { "content-length": 5 } : {});
    response.end(status === 200 && request.method !== "HEAD" ? "hello" : undefined);
  });
  door.rig.route([target("i1", app)]);
  const session = await door.session();
  const head = await ask(session, { ":method": "HEAD" });
  expect(head).toMatchObject({ status: 200, body: "" });
  expect(head.headers["content-length"]).toBe("5");
  for (const status of [204, 304])
    expect(await ask(session, { ":path": `/${status}` })).toMatchObject({ status, body: "" });
  expect(await ask(session, { ":path": "/hints" })).toMatchObject({ body: "hello", informed: [103] });
  const continued = await ask(session, { ":method": "POST", expect: "100-continue" }, "body");
  expect(continued).toMatchObject({ status: 200, informed: [100] });
  expect((await ask(session, { ":path": "/999" })).status).toBe(502);
  await idle();
});

test("many requests share a connection, and each has its own answer", async () => {
  const app = await door.rig.app((request, response) => {
    response.write(`${request.url} `);
    setImmediate(() => response.end("x".repeat(Number(request.url?.slice(1)) * 1_000)));
  });
  door.rig.route([target("i1", app)]);
  const session = await door.session();
  const numbers = Array.from({ length: 90 }, (_, number) => number);
  const replies = await Promise.all(numbers.map((number) => ask(session, { ":path": `/${number}` })));
  for (const [number, { body }] of replies.entries())
    expect(body).toBe(`/${number} ${"x".repeat(number * 1_000)}`);
  expect(door.rig.lines).toHaveLength(90);
  await idle();
});

test("faults are answered with their page, and the connection goes on", async () => {
  const session = await door.session();
  door.rig.route([target("i1", await closedPort())]);
  const refused = await ask(session, { accept: "text/html" });
  expect(refused).toMatchObject({ status: 503, body: expect.stringMatching(/H21.*<\/html>/s) });
  for (const half of ["Content-Length: 10\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"]) {
    const app = await door.rig.rawApp((socket) =>
      socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\n${half}`)),
    );
    door.rig.lines.length = 0;
    door.rig.route([target("i2", app)]);
    await expect(ask(session, {})).rejects.toThrow("NGHTTP2_INTERNAL_ERROR");
    expect(await door.rig.line()).toMatch(/code=H18.* instance=web.i2 .*bytes=4/);
  }
  door.rig.route([], "maintenance");
  expect((await ask(session, {})).status).toBe(503);
  await idle();
});

test("a stream that the client takes back ends its request at the app", async () => {
  let asked: () => void;
  const began = new Promise<void>((resolve) => {
    asked = resolve;
  });
  let left: () => void;
  const gone = new Promise<void>((resolve) => {
    left = resolve;
  });
  const app = await door.rig.app((request, response) => {
    if (request.url === "/other") return void response.end("other");
    response.on("close", () => left());
    response.write("begun");
    return asked();
  });
  door.rig.route([target("i1", app)]);
  const session = await door.session();
  const stream = session.request({ ":authority": "shop.localhost" });
  stream.on("error", () => undefined);
  await began;
  expect(door.rig.pool.inFlight()).toEqual({ i1: 1 });
  stream.close(8);
  await gone;
  expect(await door.rig.line()).toMatch(/code=H27 .* status=499/);
  await idle();
  expect((await ask(session, { ":path": "/other" })).body).toBe("other");
});

test("a request for a host of another certificate is misdirected, unless both have the same", async () => {
  const app = await door.rig.app((request, response) => response.end(request.headers.host));
  const route = { name: "shop", mode: "serve" as const, targets: [target("i1", app)] };
  const hosts = { "shop.localhost": "a1", "shop2.localhost": "a1", "blog.localhost": "a1" };
  door.rig.hosts({ version: 0, hosts, apps: { a1: route } });
  const session = await door.session("shop.localhost");
  for (const host of ["shop.localhost", "Shop.localhost:8443", "shop2.localhost"])
    expect(await ask(session, { ":authority": host })).toMatchObject({ status: 200, body: host });
  for (const host of ["blog.localhost", "unknown.localhost"])
    expect((await ask(session, { ":authority": host })).status).toBe(421);
  const other = await door.session("blog.localhost");
  expect((await ask(other, { ":authority": "blog.localhost" })).status).toBe(200);
});

test("neither side makes the router hold more than it may", async () => {
  const total = 24 * 1_048_576;
  let written = 0;
  const app = await door.rig.app((request, response) => {
    if (request.method === "POST") return void request.once("data", () => request.pause());
    const more = () => {
      while (written < total) {
        written += 65_536;
        if (!response.write(Buffer.alloc(65_536))) return;
      }
      response.end();
    };
    response.on("drain", more);
    return more();
  });
  door.rig.route([target("i1", app)]);
  const session = await door.session();
  const download = session.request({ ":authority": "shop.localhost" });
  await once(download, "response");
  download.pause();
  const upload = session.request({ ":authority": "shop.localhost", ":method": "POST" });
  upload.on("error", () => undefined);
  let sent = 0;
  const send = () =>
    upload.write(Buffer.alloc(65_536), (error) => {
      if (error) return;
      sent += 65_536;
      send();
    });
  send();
  let last = -1;
  for (let same = 0; same < 20; same = last === written + sent ? same + 1 : 0) {
    last = written + sent;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // Kernel buffers on both sides of both connections included.
  expect(written).toBeLessThan(total);
  expect(sent).toBeLessThan(total);
  upload.close(8);
  let read = 0;
  download.on("data", (chunk: Buffer) => {
    read += chunk.length;
  });
  download.resume();
  await once(download, "end");
  expect(read).toBe(total);
  await idle();
});

test("a request is admitted or refused as one of HTTP/1.1 is, by the same counts", async () => {
  const app = await door.rig.app((_, response) => response.end("served"));
  door.rig.policy(app, { rate: { requests: 2, perMs: 3_600_000 } });
  const session = await door.session();
  expect((await ask(session, {})).status).toBe(200);
  expect(await door.rig.get("/")).toMatch(/^HTTP\/1\.1 200 /);
  const refused = await ask(session, { accept: "application/json" });
  expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "1800" } });
  expect(JSON.parse(refused.body)).toMatchObject({ code: "H26" });
  door.rig.policy(app, { bodyBytes: 3, canonicalHost: "shop2.localhost" }, ["shop2.localhost"]);
  const sent = await ask(session, { ":path": "/a" });
  expect(sent).toMatchObject({ status: 308, headers: { location: "https://shop2.localhost/a" } });
});
