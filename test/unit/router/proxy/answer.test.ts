import { target } from "../../../support/router-rig/target";
import { useRigs } from "../../../support/router-rig/use-rigs";

const rig = useRigs();

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
