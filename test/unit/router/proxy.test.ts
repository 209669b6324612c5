import type { IncomingMessage } from "node:http";
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

const echo = (request: IncomingMessage): Promise<string> =>
  request.setEncoding("utf8").reduce<string>((sum, chunk) => sum + String(chunk), "");

describe("a request", () => {
  test("reaches the app with its path untouched and the router's own headers", async () => {
    const router = await rig();
    const port = await router.app((request, response) =>
      response.end(JSON.stringify({ url: request.url, headers: request.headers })),
    );
    router.route([target("i1", port)]);
    const text = await router.get("//a//b?c=//d", {
      "X-Forwarded-For": "6.6.6.6",
      X_Forwarded_For: "6.6.6.6",
      Forwarded: "for=6.6.6.6",
      Proxy: "http://evil",
      "X-Request-Id": "client-chosen-id-0001",
      "X-Request-Start": "1",
    });
    const { url, headers } = JSON.parse(text.split("\r\n\r\n")[1] ?? "");
    expect(url).toBe("//a//b?c=//d");
    expect(headers).toMatchObject({
      host: "shop.localhost:8080",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-port": String(router.port),
      "x-forwarded-host": "shop.localhost:8080",
      "x-request-id": expect.stringMatching(/^[\da-f-]{36}$/),
      "x-request-start": expect.stringMatching(/^\d{13}$/),
    });
    expect(headers).not.toHaveProperty("x_forwarded_for");
    expect(headers).not.toHaveProperty("forwarded");
    expect(headers).not.toHaveProperty("proxy");
  });

  test.each(["DELETE", "OPTIONS", "GET", "POST"])(
    "a chunked body of %s arrives as a body and as nothing else",
    async (method) => {
      const router = await rig();
      const seen: string[] = [];
      const port = await router.app(async (request, response) => {
        seen.push(`${request.method} ${request.url} ${await echo(request)}`);
        response.end("ok");
      });
      router.route([target("i1", port)]);
      const body = "GET /smuggled HTTP/1.1\r\nHost: shop.localhost\r\n\r\n";
      const client = await router.client(
        `${method} /outer HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n` +
          `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      );
      expect(await client.end()).toMatch(/^HTTP\/1\.1 200/);
      expect(seen).toEqual([`${method} /outer ${body}`]);
    },
  );

  test.each([
    ["a second Host", "GET / HTTP/1.1\r\nHost: shop.localhost\r\nHost: evil\r\n\r\n", 400],
    ["another host in its target", "GET http://evil/ HTTP/1.1\r\nHost: shop.localhost\r\n\r\n", 400],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
    [
      "both lengths",
      "POST / HTTP/1.1\r\nHost: shop.localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    [
      "a transfer coding besides chunked",
      "POST / HTTP/1.1\r\nHost: shop.localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      501,
    ],
    ["no HTTP at all", "\x16\x03\x01hello\r\n\r\n", 400],
    ["a head without end", `GET / HTTP/1.1\r\nHost: shop.localhost\r\nX: ${"a".repeat(20_000)}\r\n\r\n`, 431],
  ])("with %s is refused", async (_, text, status) => {
    const router = await rig();
    const port = await router.app((_request, response) => response.end("reached"));
    router.route([target("i1", port)]);
    const client = await router.client(text);
    expect(await client.receive(/\r\n\r\n/)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(client.text).not.toContain("reached");
  });

  test("in absolute form for its own host is a request like any other", async () => {
    const router = await rig();
    const port = await router.app((request, response) => response.end(request.url));
    router.route([target("i1", port)]);
    const client = await router.client(
      "GET http://shop.localhost/a?b HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\n\r\n",
    );
    expect(await client.end()).toMatch(/\r\n\r\n\/a\?b$/);
  });

  test("that expects 100-continue is told so only when an app takes it", async () => {
    const router = await rig();
    const port = await router.app(async (request, response) => response.end(await echo(request)));
    router.route([target("i1", port)]);
    const head = (host: string) =>
      `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n`;
    const client = await router.client(head("shop.localhost"));
    await client.receive(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    client.socket.write("abc");
    await client.receive(/200 OK[\s\S]*abc$/);
    const refused = await router.client(head("unknown.localhost"));
    expect(await refused.end()).toMatch(/^HTTP\/1\.1 404 [\s\S]*Connection: close/);
  });
});

describe("an answer", () => {
  test("comes with its head as the app wrote it, hop-by-hop headers aside", async () => {
    const router = await rig();
    const port = await router.rawApp((socket) =>
      socket.once("data", () =>
        socket.end(
          "HTTP/1.1 203 Fine So\r\nX-Mixed-Case: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: close, x-secret\r\nX-Secret: 1\r\nContent-Length: 2\r\n\r\nhi",
        ),
      ),
    );
    router.route([target("i1", port)]);
    const client = await router.client("GET / HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
    const text = await client.receive(/hi$/);
    expect(text).toMatch(
      /^HTTP\/1\.1 203 Fine So\r\nX-Mixed-Case: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n/,
    );
    expect(text).not.toMatch(/x-secret/i);
    expect(text).toMatch(/Connection: keep-alive/);
  });

  test("with trailers keeps them", async () => {
    const router = await rig();
    const port = await router.app((_, response) => {
      response.writeHead(200, { Trailer: "X-Sum" });
      response.write("data");
      response.addTrailers({ "X-Sum": "42" });
      response.end();
    });
    router.route([target("i1", port)]);
    expect(await router.get()).toMatch(/0\r\nX-Sum: 42\r\n\r\n$/);
  });

  test.each([
    ["that is no HTTP", "hello\r\n\r\n"],
    ["with a second length", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    ["with an unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
    ["with a status nobody has", "HTTP/1.1 000 No\r\nContent-Length: 0\r\n\r\n"],
  ])("%s is a 502 H17", async (_, answer) => {
    const router = await rig();
    const port = await router.rawApp((socket) => socket.once("data", () => socket.end(answer)));
    router.route([target("i1", port)]);
    expect(await router.get()).toMatch(/^HTTP\/1\.1 502 Bad Gateway[\s\S]*\(H17\)/);
    expect(await router.line()).toContain('at=error code=H17 desc="Poorly formed HTTP response"');
  });

  test("that never comes before the app closes is a 502 H13, and the POST is not sent twice", async () => {
    const router = await rig();
    let connections = 0;
    const port = await router.rawApp((socket) => {
      connections += 1;
      socket.once("data", () => socket.destroy());
    });
    router.route([target("i1", port)]);
    const client = await router.client(
      "POST / HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
    );
    expect(await client.end()).toMatch(/^HTTP\/1\.1 502[\s\S]*\(H13\)/);
    expect(connections).toBe(1);
  });

  test("that breaks off cuts the client's connection", async () => {
    const router = await rig();
    const port = await router.rawApp((socket) =>
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart", () => socket.resetAndDestroy());
      }),
    );
    router.route([target("i1", port)]);
    const client = await router.client("GET / HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
    await client.end();
    expect(await router.line()).toMatch(/code=H18 .* status=(200|502) /);
    expect(router.pool.inFlight()).toEqual({});
  });

  test("that does not begin in time is a 503 H12, counted from the end of the body", async () => {
    const router = await rig({ limits: { firstByteMs: 50 } });
    const port = await router.app(() => undefined);
    router.route([target("i1", port)]);
    expect(await router.get()).toMatch(/^HTTP\/1\.1 503[\s\S]*\(H12\)/);
    expect(await router.line()).toContain("code=H12");
  });

  test("that falls silent is cut as H15, unless it is an event stream", async () => {
    const router = await rig({ limits: { idleMs: 60 } });
    const port = await router.app((request, response) => {
      response.writeHead(200, {
        "Content-Type": request.url === "/sse" ? "text/event-stream" : "text/plain",
      });
      response.write("first\n");
    });
    router.route([target("i1", port)]);
    const events = await router.client("GET /sse HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
    await events.receive(/first/);
    await router.get("/text");
    expect(await router.line()).toMatch(/code=H15 .*path="\/text"/);
    expect(events.socket.destroyed).toBe(false);
    expect(router.pool.inFlight()).toEqual({ i1: 1 });
  });

  test("of the platform's own host has no first-byte limit", async () => {
    const apiRig = await rig();
    const apiPort = await apiRig.app((_, response) => void setTimeout(() => response.end("late"), 150));
    const router = await rig({ limits: { firstByteMs: 20, idleMs: 40 }, apiPort });
    const client = await router.client(
      "GET / HTTP/1.1\r\nHost: PAAS.localhost:80\r\nConnection: close\r\n\r\n",
    );
    expect(await client.end()).toMatch(/late$/);
  });
});

describe("a client", () => {
  test("that leaves an event stream ends the app's side of it, and the count", async () => {
    const router = await rig();
    const closed = new Promise<void>((resolve) => {
      void router
        .app((request, response) => {
          request.socket.once("close", () => resolve());
          response.writeHead(200, { "Content-Type": "text/event-stream" });
          response.write("data: 1\n\n");
        })
        .then((port) => router.route([target("i1", port)]));
    });
    await new Promise((resolve) => setImmediate(resolve));
    while (router.table.version === 0) await new Promise((resolve) => setImmediate(resolve));
    const client = await router.client("GET / HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
    await client.receive(/data: 1/);
    expect(router.pool.inFlight()).toEqual({ i1: 1 });
    client.socket.resetAndDestroy();
    await closed;
    expect(await router.line()).toMatch(/code=H27 .*status=499/);
    expect(router.pool.inFlight()).toEqual({});
  });

  test("that leaves while the app is silent ends the app's side too", async () => {
    const router = await rig();
    const arrived = deferred();
    const gone = deferred();
    const port = await router.app((request) => {
      request.socket.once("close", () => gone.resolve());
      arrived.resolve();
    });
    router.route([target("i1", port)]);
    const client = await router.client("GET / HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
    await arrived.promise;
    client.socket.resetAndDestroy();
    await gone.promise;
    expect(await router.line()).toContain("code=H27");
  });

  test("that leaves in the middle of its upload ends the app's side too", async () => {
    const router = await rig();
    const gone = deferred();
    const port = await router.app((request) => {
      request.on("error", () => undefined);
      request.resume().once("close", () => gone.resolve());
    });
    router.route([target("i1", port)]);
    const client = await router.client(
      "POST / HTTP/1.1\r\nHost: shop.localhost\r\nContent-Length: 1000000\r\n\r\npart",
    );
    while (!router.pool.inFlight().i1) await new Promise((resolve) => setImmediate(resolve));
    client.socket.resetAndDestroy();
    await gone.promise;
    expect(await router.line()).toContain("code=H27");
    expect(router.pool.inFlight()).toEqual({});
  });

  test("that sends nothing more of its upload is answered 408 H28", async () => {
    const router = await rig({ limits: { idleMs: 60 } });
    const port = await router.app((request) => void request.resume());
    router.route([target("i1", port)]);
    const client = await router.client(
      "POST / HTTP/1.1\r\nHost: shop.localhost\r\nContent-Length: 10\r\n\r\npart",
    );
    await client.receive(/^HTTP\/1\.1 408[\s\S]*\(H28\)/);
    expect(await router.line()).toContain("code=H28");
  });

  test("may pipeline requests, also behind an upload that was answered early", async () => {
    const router = await rig();
    const port = await router.app((request, response) => response.end(`<${request.url}>`));
    router.route([target("i1", port)]);
    const client = await router.client(
      "POST /1 HTTP/1.1\r\nHost: shop.localhost\r\nContent-Length: 200000\r\n\r\n",
    );
    await client.receive(/<\/1>/);
    client.socket.write("x".repeat(200_000));
    client.socket.write(
      "GET /2 HTTP/1.1\r\nHost: shop.localhost\r\n\r\nGET /3 HTTP/1.1\r\nHost: shop.localhost\r\n\r\n",
    );
    await client.receive(/<\/1>[\s\S]*<\/2>[\s\S]*<\/3>/);
  });

  test("of HTTP/1.0 is answered and closed", async () => {
    const router = await rig();
    const port = await router.app((_, response) => {
      response.write("a");
      response.end("b");
    });
    router.route([target("i1", port)]);
    const client = await router.client("GET / HTTP/1.0\r\nHost: shop.localhost\r\n\r\n");
    expect(await client.end()).toMatch(/\r\n\r\nab$/);
  });
});

describe("targets", () => {
  test("that refuse are left out, and the request goes to another with its whole body", async () => {
    const router = await rig();
    const port = await router.app(async (request, response) => response.end(await echo(request)));
    router.route([
      target("dead1", await closedPort()),
      target("dead2", await closedPort()),
      target("i1", port),
    ]);
    for (let count = 0; count < 20; count += 1) {
      const client = await router.client(
        "POST / HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody",
      );
      expect(await client.end()).toMatch(/200 OK[\s\S]*body$/);
    }
  });

  test("that all refuse are a 503 H21, and are asked again by the next request", async () => {
    const router = await rig();
    const port = await closedPort();
    router.route([target("i1", port)]);
    expect(await router.get("/", { Accept: "text/html" })).toMatch(
      /^HTTP\/1\.1 503[\s\S]*text\/html[\s\S]*\(H21\)/,
    );
    expect(await router.line()).toMatch(/code=H21 .* instance=web\.i1 connect= service=\d+ms status=503/);
    const back = await router.app((_, response) => response.end("back"));
    router.route([target("i1", back)]);
    expect(await router.get()).toMatch(/back$/);
  });

  test.each([
    ["none", "H14", "Nothing runs here"],
    ["maintenance", "H80", "Down for maintenance"],
    ["serve", "H10", "Application error"],
  ] as const)("of mode %s without any are a 503 %s", async (mode, code, title) => {
    const router = await rig();
    router.route([], mode);
    expect(await router.get()).toMatch(new RegExp(`^HTTP/1\\.1 503[\\s\\S]*${title} \\(${code}\\)`));
    expect(await router.line()).toContain(`code=${code}`);
  });

  test("whose idle connection closes under a GET are asked again over a new one", async () => {
    const router = await rig();
    let connections = 0;
    const port = await router.rawApp((socket) => {
      connections += 1;
      let requests = 0;
      socket.on("data", () => {
        requests += 1;
        // The second request on a connection meets a server that has just given it up.
        if (requests > 1) socket.resetAndDestroy();
        else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      });
    });
    router.route([target("i1", port)]);
    const client = await router.client("GET / HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
    await client.receive(/ok$/);
    client.text = "";
    client.socket.write("GET / HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
    expect(await client.receive(/ok$/)).toMatch(/^HTTP\/1\.1 200/);
    expect(connections).toBe(2);
  });

  test("keep their connection for the next GET", async () => {
    const router = await rig();
    let connections = 0;
    const port = await router.app(
      (_, response) => response.end("ok"),
      (server) => server.on("connection", () => (connections += 1)),
    );
    router.route([target("i1", port)]);
    for (let count = 0; count < 5; count += 1) await router.get();
    expect(connections).toBe(1);
  });
});

describe("a table that changes in flight", () => {
  test("moves new requests at once, and counts the old ones down exactly", async () => {
    const router = await rig();
    const waiting: (() => void)[] = [];
    const arrived = deferred();
    const old = await router.app((_, response) => {
      waiting.push(() => response.end("old"));
      if (waiting.length === 3) arrived.resolve();
    });
    const fresh = await router.app((_, response) => response.end("new"));
    router.route([target("i1", old)]);
    const clients = [1, 2, 3].map(() => router.get());
    await arrived.promise;
    expect(router.pool.inFlight()).toEqual({ i1: 3 });
    router.route([target("i2", fresh)]);
    expect(await router.get()).toMatch(/new$/);
    expect(router.pool.inFlight()).toEqual({ i1: 3 });
    expect(router.idleReports).toEqual([]);
    for (const release of waiting) release();
    for (const client of clients) expect(await client).toMatch(/old$/);
    await router.line(
      (line) => router.lines.filter(({ line }) => line.includes("web.i1")).length === 3 && line !== "",
    );
    expect(router.pool.inFlight()).toEqual({});
    expect(router.idleReports).toEqual([{}]);
  });

  test("a change of another version is ignored", async () => {
    const router = await rig();
    router.route([], "none");
    router.route([], "maintenance");
    expect(router.table.take({ from: 1, version: 3, apps: { a1: null } })).toBe(false);
    expect(router.table.take({ from: 3, version: 4, apps: { a1: null } })).toBe(false);
    expect(await router.get()).toContain("(H80)");
  });

  test("unknown hosts are 404 with a table and 503 without one", async () => {
    const router = await rig();
    expect(await router.get()).toMatch(/^HTTP\/1\.1 503[\s\S]*\(H99\)/);
    router.empty();
    expect(await router.get()).toMatch(/^HTTP\/1\.1 404[\s\S]*No such app/);
    expect(router.lines).toEqual([]);
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = () => settle();
  });
  return { promise, resolve };
}
