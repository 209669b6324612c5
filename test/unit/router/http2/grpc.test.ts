import { once } from "node:events";
import type { ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import { AppSessions } from "../../../../router/http2/app-sessions";
import { target } from "../../../support/router-rig/target";
import { answerOf, ask, Certified, Door } from "./door";
import { call, H2cApps, message } from "./h2c-app";

let certified: Certified;
let door: Door;
const apps = new H2cApps();
const { sessions } = apps;
const h2cApp = apps.start.bind(apps);
beforeAll(() => {
  certified = new Certified();
});
afterAll(() => certified.clean());
beforeEach(async () => {
  door = await new Door(certified).listen();
});
afterEach(async () => {
  await door.close();
  await apps.close();
});

function route(port: number, instance = "i1"): void {
  const app = { name: "shop", mode: "serve" as const, targets: [target(instance, port)] };
  const hosts = { "shop.localhost": "a1" };
  door.rig.hosts({ version: 0, hosts, apps: { a1: { ...app, http: { protocol: "h2c" } } } });
}

test("a call reaches the app by HTTP/2, and its status comes back behind the answer", async () => {
  let seen: Record<string, unknown> = {};
  const port = await h2cApp((stream, headers) => {
    seen = headers;
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "grpc-message": "fine" }));
    stream.pipe(stream);
  });
  route(port);
  const reply = await ask(await door.session(), call, message("hello"));
  expect(reply).toMatchObject({ status: 200, body: "\0\0\0\0\x05hello" });
  expect(reply.trailers).toMatchObject({ "grpc-status": "0", "grpc-message": "fine" });
  expect(seen).toMatchObject({
    ":method": "POST",
    ":path": "/echo.Echo/Say",
    ":scheme": "http",
    ":authority": "shop.localhost",
    te: "trailers",
    "content-type": "application/grpc",
    "x-forwarded-proto": "https",
    "x-request-id": expect.any(String),
  });
  expect(seen).not.toHaveProperty("host");
  expect(await door.rig.line()).toMatch(
    /method=POST path="\/echo.Echo\/Say" .*instance=web.i1 .* status=200 bytes=10/,
  );
});

test("an answer of nothing but a status is one", async () => {
  const port = await h2cApp((stream) => {
    stream.respond({ ":status": 200, "grpc-status": "5", "grpc-message": "none" }, { endStream: true });
  });
  route(port);
  const reply = await ask(await door.session(), call, message("x"));
  expect(reply).toMatchObject({ status: 200, body: "" });
  expect(reply.headers).toMatchObject({ "grpc-status": "5", "grpc-message": "none" });
});

test("both sides stream at the same time, each as it likes", async () => {
  const port = await h2cApp((stream) => {
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.on("data", (chunk: Buffer) => stream.write(`got ${chunk.toString()}`));
    stream.on("end", () => stream.end("bye"));
  });
  route(port);
  const session = await door.session();
  const stream = session.request({ ":authority": "shop.localhost", ...call });
  const reply = answerOf(stream);
  for (const text of ["one", "two", "three"]) {
    stream.write(text);
    expect(await once(stream, "data")).toEqual([`got ${text}`]);
  }
  expect(door.rig.pool.inFlight()).toEqual({ i1: 1 });
  stream.end();
  expect(await reply).toMatchObject({ body: "got onegot twogot threebye", trailers: { "grpc-status": "0" } });
});

test("an app that answers before its client has said all has its status passed on", async () => {
  const port = await h2cApp((stream) => {
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => {
      stream.sendTrailers({ "grpc-status": "8" });
      setImmediate(() => stream.close(0));
    });
    stream.once("data", () => stream.end("enough"));
  });
  route(port);
  const stream = (await door.session()).request({ ":authority": "shop.localhost", ...call });
  stream.write(message("and so on"));
  expect(await answerOf(stream)).toMatchObject({ body: "enough", trailers: { "grpc-status": "8" } });
  expect(door.rig.pool.inFlight()).toEqual({});
});

test("calls share a session, more than it takes open another one", async () => {
  // Nobody is answered before all are there.
  const open: ServerHttp2Stream[] = [];
  const port = await h2cApp((stream) => {
    stream.respond({ ":status": 200 });
    open.push(stream);
    if (open.length >= 150) for (const each of open) each.end("done");
  });
  route(port);
  const [odd, even] = [await door.session(), await door.session()];
  const replies = await Promise.all(
    Array.from({ length: 150 }, (_, index) => ask(index % 2 ? odd : even, {})),
  );
  expect(replies.every(({ body }) => body === "done")).toBe(true);
  expect(sessions.size).toBe(2);
  await ask(await door.session(), {});
  expect(sessions.size).toBe(2);
});

test("a call that the client takes back ends at the app, one that the app breaks ends at the client", async () => {
  const broken = new Promise<void>((resolve) => {
    void h2cApp((stream, headers) => {
      stream.respond({ ":status": 200 });
      stream.write("begun");
      if (headers[":path"] === "/broken") stream.close(2);
      else stream.on("aborted", () => resolve());
    }).then((port) => route(port));
  });
  while (door.rig.table.version === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const session = await door.session();
  const stream = session.request({ ":authority": "shop.localhost", ...call });
  stream.on("error", () => undefined);
  await once(stream, "data");
  stream.close(8);
  await broken;
  await expect(ask(session, { ":path": "/broken" })).rejects.toThrow("INTERNAL_ERROR");
  expect(await door.rig.line((line) => line.includes("/broken"))).toMatch(/code=H18/);
});

test("an app that ends its session gets no new call over it", async () => {
  const port = await h2cApp((stream) => {
    stream.respond({ ":status": 200 });
    stream.end("ok");
  });
  route(port);
  const session = await door.session();
  expect((await ask(session, {})).body).toBe("ok");
  const [first] = sessions;
  const gone = first && once(first, "close");
  first?.close();
  await gone;
  expect((await ask(session, call, "x")).body).toBe("ok");
});

test("an app that does not speak it is told so, HTTP/1.1 clients reach one that does", async () => {
  route(await door.rig.app((_request, response) => response.end("no")));
  const session = await door.session();
  expect(await ask(session, { accept: "text/plain" })).toMatchObject({
    status: 503,
    body: expect.stringMatching(/H21/),
  });
  const port = await h2cApp((stream, headers) => {
    stream.respond({ ":status": 200, "content-length": 4 });
    stream.end(String(headers[":method"]).slice(0, 4));
  });
  route(port, "i2");
  expect(await door.rig.get("/")).toMatch(/^HTTP\/1.1 200 .*Content-Length: 4\r\n/s);
  expect(await ask(session, { ":method": "HEAD" })).toMatchObject({ status: 200, body: "" });
});

test("sessions that close carry all that was begun before, whatever of it has been sent", async () => {
  const port = await h2cApp((stream) => stream.respond({ ":status": 204 }, { endStream: true }));
  const all = new AppSessions({ host: "127.0.0.1", port });
  const open = () => new Promise<Duplex>((opened, notOpened) => all.open(5_000, { opened, notOpened }));
  const [early, late] = [await open(), await open()];
  const ask = "GET / HTTP/1.1\r\nHost: shop.localhost\r\n\r\n";
  early.write(ask);
  all.close();
  late.write(ask);
  for (const socket of [early, late]) {
    expect(String((await once(socket, "data"))[0])).toMatch(/^HTTP\/1\.1 204 /);
    socket.destroy();
  }
  for (const session of sessions) if (!session.destroyed) await once(session, "close");
});
