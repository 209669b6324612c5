import { deferred } from "../../../support/deferred";
import { target } from "../../../support/router-rig/target";
import { useRigs } from "../../../support/router-rig/use-rigs";

const rig = useRigs();

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
    await router.routed();
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
