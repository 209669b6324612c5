import { Refusal } from "../../../../router/http1/refusal";
import { requestTextOf } from "../../../../router/http2/request-text";

const pseudo = (more: Record<string, string | undefined> = {}): string[] =>
  Object.entries({
    ":method": "GET",
    ":scheme": "https",
    ":path": "/",
    ":authority": "shop",
    ...more,
  }).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
const textOf = (fields: string[], ends = true) => requestTextOf(fields, ends, () => "KEY");

test("a request is written as HTTP/1.1 says it", () => {
  expect(
    textOf([...pseudo({ ":path": "/a?b" }), "accept", "*/*", "cookie", "a=1", "x", "ü", "cookie", "b=2"])
      .head,
  ).toBe(
    "GET /a?b HTTP/1.1\r\nHost: shop\r\naccept: */*\r\nx: ü\r\ncookie: a=1; b=2\r\nConnection: close\r\n\r\n",
  );
});

test("a body is framed as its length is known", () => {
  const post = pseudo({ ":method": "POST" });
  expect(textOf(post, false)).toMatchObject({
    body: { kind: "chunked" },
    head: expect.stringContaining("Transfer-Encoding: chunked"),
  });
  expect(textOf([...post, "content-length", "5"], false)).toMatchObject({
    body: { kind: "length", length: 5 },
  });
  expect(textOf(post)).toMatchObject({ body: undefined, head: expect.stringContaining("Content-Length: 0") });
  expect(textOf([...post, "content-length", "0"]).head).not.toMatch(/transfer|Content-Length/);
});

test("a WebSocket is the upgrade that it stands for", () => {
  const connect = pseudo({ ":method": "CONNECT", ":protocol": "websocket", ":path": "/chat" });
  expect(textOf([...connect, "sec-websocket-version", "13"], false)).toMatchObject({
    body: { kind: "tunnel" },
    head:
      "GET /chat HTTP/1.1\r\nHost: shop\r\nsec-websocket-version: 13\r\n" +
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: KEY\r\n\r\n",
  });
});

test("the host may stand in either place, or the same in both", () => {
  expect(textOf([...pseudo({ ":authority": undefined }), "host", "shop"]).authority).toBe("shop");
  expect(textOf([...pseudo(), "host", "SHOP"]).head).toMatch(/^GET \/ HTTP\/1.1\r\nHost: shop\r\nConnection/);
});

test.each<[what: string, fields: string[], ends?: boolean]>([
  ["another scheme", pseudo({ ":scheme": "http" })],
  ["no scheme", pseudo({ ":scheme": undefined })],
  ["no path", pseudo({ ":path": undefined })],
  ["an empty path", pseudo({ ":path": "" })],
  ["a path that is a URL", pseudo({ ":path": "https://other/" })],
  ["a blank in the path", pseudo({ ":path": "/ HTTP/1.1" })],
  ["a line in the path", pseudo({ ":path": "/ HTTP/1.1\r\nx: y" })],
  ["a blank in the method", pseudo({ ":method": "GET / HTTP/1.1" })],
  ["no method", pseudo({ ":method": undefined })],
  ["no host", pseudo({ ":authority": undefined })],
  ["an empty host", pseudo({ ":authority": "" })],
  ["a line in the host", pseudo({ ":authority": "shop\r\nx: y" })],
  ["two hosts", [...pseudo(), "host", "other"]],
  ["two Host headers", [...pseudo(), "host", "shop", "host", "shop"]],
  ["two paths", [...pseudo(), ":path", "/other"]],
  ["an unknown pseudo-header", [...pseudo(), ":status", "200"]],
  ["a pseudo-header of every object", [...pseudo(), ":constructor", "x"]],
  ["another protocol", pseudo({ ":method": "CONNECT", ":protocol": "connect-udp" })],
  ["a protocol without CONNECT", pseudo({ ":protocol": "websocket" })],
  ["a line in a value", [...pseudo(), "x", "a\r\nTransfer-Encoding: chunked"]],
  ["a bare line feed", [...pseudo(), "x", "a\nb"]],
  ["a bare carriage return", [...pseudo(), "x", "a\rb"]],
  ["a NUL", [...pseudo(), "x", "a\0b"]],
  ["a character that is no byte", [...pseudo(), "x", "\u010d\u010a"]],
  ["a colon in a name", [...pseudo(), "transfer-encoding: chunked\r\nx", "y"]],
  ["a capital in a name", [...pseudo(), "X", "y"]],
  ["a blank in a name", [...pseudo(), "content-length ", "5"]],
  ["no name", [...pseudo(), "", "y"]],
  ["Connection", [...pseudo(), "connection", "x-secret"]],
  ["Transfer-Encoding", [...pseudo(), "transfer-encoding", "chunked"], false],
  ["Upgrade", [...pseudo(), "upgrade", "h2c"]],
  ["Keep-Alive", [...pseudo(), "keep-alive", "1"]],
  ["TE but trailers", [...pseudo(), "te", "gzip"]],
  ["a length and no body", [...pseudo(), "content-length", "5"]],
])("%s is refused", (_what, fields, ends = true) => {
  expect(() => textOf(fields, ends)).toThrow(Refusal);
});
