import { closedPort, target } from "../../../support/router-rig/target";
import { useRigs } from "../../../support/router-rig/use-rigs";
import { ask, switching } from "./ends";

const rig = useRigs();

describe("an upgrade", () => {
  test("passes the bytes that came with either head, once and first", async () => {
    const router = await rig();
    const seen: string[] = [];
    const port = await router.rawApp((socket) => {
      socket.on("data", (chunk) => {
        seen.push(String(chunk));
        if (seen.length === 1) socket.write(`${switching}from-app`);
      });
    });
    router.route([target("i1", port)]);
    const client = await router.client(`${ask}from-client`);
    const text = await client.receive(/from-app/);
    expect(text.match(/^Upgrade:/gim)).toHaveLength(1);
    expect(text.match(/^Connection:/gim)).toHaveLength(1);
    while (!seen.join("").endsWith("from-client")) await new Promise((resolve) => setImmediate(resolve));
    client.socket.write(" and later");
    while (!seen.join("").endsWith("and later")) await new Promise((resolve) => setImmediate(resolve));
    // Nothing of the client's goes before the app has agreed: it could be requests that the router never saw.
    expect(seen[0]).not.toContain("from-client");
  });

  test("that the app declines is answered with what it said, and closed on both sides", async () => {
    const router = await rig();
    const closed = new Promise<void>((resolve) => {
      void router
        .app(
          (request, response) => {
            response.statusCode = 404;
            response.end(`no ${request.headers.upgrade ?? "upgrade"}`);
          },
          (server) =>
            server.on("upgrade", (_, socket) => {
              socket.resume().once("end", () => resolve());
              socket.write("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone");
            }),
        )
        .then((port) => router.route([target("i1", port)]));
    });
    await router.routed();
    const client = await router.client(ask);
    expect(await client.end()).toMatch(/^HTTP\/1\.1 404 Not Found\r\n[\s\S]*\r\n\r\nnone$/);
    await closed;
    expect(await router.line()).toContain("status=404");
    expect(router.pool.inFlight()).toEqual({});
  });

  test.each([
    [
      "h2c",
      "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
      "Connection: Upgrade, HTTP2-Settings\r\n",
      "",
    ],
    ["anything with a body", "Upgrade: echo\r\nContent-Length: 4\r\n", "Connection: Upgrade\r\n", "body"],
  ])(
    "to %s is an ordinary request, and the connection serves the next one too",
    async (_, upgrade, connection, body) => {
      const router = await rig();
      const port = await router.app(async (request, response) => {
        let text = "";
        for await (const chunk of request) text += String(chunk);
        response.end(`<${request.url} ${request.headers.upgrade} ${text}>`);
      });
      router.route([target("i1", port)]);
      const client = await router.client(
        `POST /1 HTTP/1.1\r\nHost: shop.localhost\r\n${connection}${upgrade}\r\n${body}GET /2 HTTP/1.1\r\nHost: shop.localhost\r\n\r\n`,
      );
      await client.receive(new RegExp(`</1 undefined ${body}>[\\s\\S]*</2 undefined >`));
    },
  );

  test.each([
    ["nowhere", 404, null],
    ["to an app that refuses", 503, "H21"],
    ["to an app that hangs up", 502, "H13"],
    ["to an app that says nothing", 503, "H12"],
  ])("%s gets a page with status %d", async (where, status, code) => {
    const router = await rig({ limits: { firstByteMs: 50 } });
    const port = await router.rawApp((socket) => void (where.includes("hangs up") && socket.destroy()));
    router.route([target("i1", where.includes("refuses") ? await closedPort() : port)]);
    const client = await router.client(where === "nowhere" ? ask.replace("shop.", "other.") : ask);
    expect(await client.end()).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*${code ? `\\(${code}\\)` : "No such app"}`),
    );
    if (where !== "nowhere") await router.line();
    expect(router.pool.inFlight()).toEqual({});
  });
});
