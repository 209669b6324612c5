import { once } from "node:events";
import type { Socket } from "node:net";
import { Rig } from "../../support/router-rig/rig";
import { target } from "../../support/router-rig/target";

let router: Rig;
async function rig(...options: ConstructorParameters<typeof Rig>): Promise<Rig> {
  router = await new Rig(...options).listen();
  return router;
}
afterEach(() => router.close());

const get = (path = "/", more = "") => `GET ${path} HTTP/1.1\r\nHost: shop.localhost\r\n${more}\r\n`;

/** An app that answers each request it sees with the next of `answers`, byte for byte; tells what it saw. */
async function scripted(...answers: string[]): Promise<{ seen: string[]; connections: () => number }> {
  const seen: string[] = [];
  let connections = 0;
  const port = await router.rawApp((socket) => {
    connections += 1;
    socket.on("data", (chunk) => {
      seen.push(chunk.toString("latin1"));
      const answer = answers.shift();
      if (answer === undefined) socket.destroy();
      else socket.write(answer, "latin1");
    });
  });
  router.route([target("i1", port)]);
  return { seen, connections: () => connections };
}

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

describe("what goes to the app", () => {
  test("is written anew: one blank, no odd spelling, one framing", async () => {
    await rig();
    const app = await scripted(ok);
    const client = await router.client(
      "POST http://shop.localhost/a HTTP/1.1\r\nhOST:shop.localhost\r\nA: \t b \t\r\nB:\r\nConnection: close, c\r\nC: 1\r\n" +
        "Content-Length: 002\r\nKeep-Alive: 5\r\nTE: trailers\r\n\r\nhi",
    );
    await client.end();
    expect(app.seen.join("")).toMatch(
      /^POST \/a HTTP\/1\.1\r\nhOST: shop\.localhost\r\nA: b\r\nB: \r\nContent-Length: 2\r\nX-Forwarded-For: 127\.0\.0\.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: \d+\r\nX-Forwarded-Host: shop\.localhost\r\nX-Request-Id: [\w-]{36}\r\nX-Request-Start: \d{13}\r\n\r\nhi$/,
    );
  });

  test("has chunks of its own, without extensions, with trailers", async () => {
    await rig();
    const app = await scripted(ok);
    const client = await router.client(
      "POST / HTTP/1.1\r\nHost: shop.localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" +
        "0003;a=b\r\nabc\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\n\r\n",
    );
    await client.end();
    expect(app.seen.join("")).toMatch(
      /Transfer-Encoding: chunked[\s\S]*\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n$/,
    );
  });

  test("is the body as far as it came when a chunk is malformed; the client gets 400, and nothing follows", async () => {
    await rig();
    const closed = new Promise<void>((resolve) => {
      void router
        .rawApp((socket) => void socket.resume().once("close", () => resolve()))
        .then((port) => router.route([target("i1", port)]));
    });
    await router.routed();
    const client = await router.client(
      `POST / HTTP/1.1\r\nHost: shop.localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nx\r\n${get("/smuggled")}`,
    );
    expect(await client.end()).toMatch(/^HTTP\/1\.1 400 [\s\S]*Connection: close[\s\S]*\(H26\)/);
    await closed;
    expect(client.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(await router.line()).toContain("code=H26");
  });
});

describe("what comes from the app", () => {
  test.each([
    [
      "an early hint, before the answer",
      `HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n${ok}`,
      /^HTTP\/1\.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP\/1\.1 200/,
    ],
    ["a 100 that nobody asked for, as nothing", `HTTP/1.1 100 Continue\r\n\r\n${ok}`, /^HTTP\/1\.1 200/],
    [
      "chunks without their extensions",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n02;a=b\r\nok\r\n0\r\n\r\n",
      /\r\n\r\n2\r\nok\r\n0\r\n\r\n$/,
    ],
    [
      "HTTP/1.0 as HTTP/1.1",
      "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
      /^HTTP\/1\.1 200 OK\r\n[\s\S]*ok$/,
    ],
    [
      "no length of what has no body",
      "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
      /^HTTP\/1\.1 204 No Content\r\nDate: [^\r]*\r\nConnection: keep-alive\r\n\r\n$/,
    ],
  ])("%s reaches the client", async (_, answer, expected) => {
    await rig();
    await scripted(answer);
    const client = await router.client(get());
    expect(await client.receive(expected)).toMatch(expected);
  });

  test("until its connection ends is a body in chunks, and the client's connection goes on", async () => {
    await rig();
    const port = await router.rawApp((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\n\r\nall")),
    );
    router.route([target("i1", port)]);
    const client = await router.client(get());
    await client.receive(/Transfer-Encoding: chunked[\s\S]*3\r\nall\r\n0\r\n\r\n$/);
    client.text = "";
    client.socket.write(get());
    await client.receive(/0\r\n\r\n$/);
  });

  test("to HEAD has its length and no body, and the connection serves the next request", async () => {
    await rig();
    const app = await scripted("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", ok);
    const client = await router.client(get().replace("GET", "HEAD"));
    await client.receive(/Content-Length: 2\r\n[\s\S]*\r\n\r\n$/);
    client.socket.write(get());
    await client.receive(/\r\n\r\nok$/);
    expect(app.connections()).toBe(1);
  });

  test("after the end of an answer is never taken for the next one", async () => {
    await rig();
    const app = await scripted(`${ok}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged`, ok);
    const client = await router.client(get());
    await client.receive(/\r\n\r\nok$/);
    client.text = "";
    client.socket.write(get());
    expect(await client.receive(/\r\n\r\n[\s\S]+$/)).toMatch(/\r\n\r\nok$/);
    expect(app.connections()).toBe(2);
  });

  test("while nobody asks ends the connection", async () => {
    await rig();
    const app = new Promise<Socket>((resolve) => {
      void router
        .rawApp((socket) => void socket.once("data", () => socket.write(ok, () => resolve(socket))))
        .then((port) => router.route([target("i1", port)]));
    });
    await router.routed();
    const client = await router.client(get());
    await client.receive(/ok$/);
    const socket = await app;
    const closed = once(socket, "close");
    socket.write("HTTP/1.1 200 OK\r\n");
    await closed;
  });

  test("malformed in its middle cuts the client's connection, if some of it was sent", async () => {
    await rig();
    const port = await router.rawApp((socket) =>
      socket.once("data", () =>
        socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", () =>
          setTimeout(() => socket.write("nonsense"), 20),
        ),
      ),
    );
    router.route([target("i1", port)]);
    const client = await router.client(get());
    expect(await client.end()).not.toMatch(/0\r\n\r\n$/);
    expect(await router.line()).toMatch(/code=H17 .* status=200/);
  });
});

describe("a connection", () => {
  test("serves pipelined requests in their order, however slow the first is", async () => {
    await rig();
    const port = await router.app((request, response) => {
      if (request.url === "/slow") setTimeout(() => response.end("slow"), 50);
      else response.end(request.url);
    });
    router.route([target("i1", port)]);
    const client = await router.client(get("/slow") + get("/2") + get("/3", "Connection: close\r\n"));
    expect((await client.end()).match(/\r\n\r\n\S+(?=HTTP|$)/g)?.join()).toMatch(/slow[\s\S]*\/2[\s\S]*\/3/);
    expect(router.pool.inFlight()).toEqual({});
  });

  test("of HTTP/1.0 stays open if asked to and the answer's end can be told", async () => {
    await rig();
    await scripted(ok, ok);
    const client = await router.client(
      "GET / HTTP/1.0\r\nHost: shop.localhost\r\nConnection: Keep-Alive\r\n\r\n",
    );
    await client.receive(/Connection: keep-alive\r\n\r\nok$/);
    client.socket.write("GET / HTTP/1.0\r\nHost: shop.localhost\r\n\r\n");
    expect(await client.end()).toMatch(/Connection: close\r\n\r\nok$/);
  });

  test("whose client closes its side while it waits is over, at the app too", async () => {
    await rig();
    const gone = new Promise<void>((resolve) => {
      void router
        .app((request) => void request.socket.once("close", () => resolve()))
        .then((port) => router.route([target("i1", port)]));
    });
    await router.routed();
    const client = await router.client(get());
    while (!router.pool.inFlight().i1) await new Promise((resolve) => setImmediate(resolve));
    client.socket.end();
    await gone;
    expect(await router.line()).toContain("code=H27");
    expect(router.pool.inFlight()).toEqual({});
  });

  test.each([
    ["that sends a head without end gets 408", "GET / HTTP/1.1\r\nHost: a\r\nA: ", /^HTTP\/1\.1 408 /],
    ["that sends nothing is closed", "", /^$/],
  ])("%s", async (_, text, expected) => {
    await rig({ limits: { headMs: 50 } });
    const client = await router.client(text);
    expect(await client.end()).toMatch(expected);
  });

  test("that is kept open without a request is closed in the end", async () => {
    await rig({ limits: { keepAliveMs: 50 } });
    await scripted(ok);
    const client = await router.client(get());
    expect(await client.end()).toMatch(/ok$/);
  });
});
