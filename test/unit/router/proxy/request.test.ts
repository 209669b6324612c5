import { text } from "node:stream/consumers";
import { target } from "../../../support/router-rig/target";
import { useRigs } from "../../../support/router-rig/use-rigs";

const rig = useRigs();

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
        seen.push(`${request.method} ${request.url} ${await text(request)}`);
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
    const port = await router.app(async (request, response) => response.end(await text(request)));
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
