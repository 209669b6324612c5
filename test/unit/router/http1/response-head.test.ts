import { type Message, readResponse } from "./reading";

const read = (text: string, toHead = false) => readResponse([Buffer.from(text, "latin1")], { toHead });

test.each<[string, string, Partial<Message>]>([
  ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", { start: [200, "OK", 1], body: "hi" }],
  ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", { body: "hi" }],
  ["the connection's end", "HTTP/1.0 200 OK\r\n\r\nhi", { start: [200, "OK", 0], body: "hi" }],
  ["no reason", "HTTP/1.1 204\r\n\r\n", { start: [204, "", 1] }],
  ["an empty reason", "HTTP/1.1 304 \r\nContent-Length: 5\r\n\r\n", { start: [304, "", 1], body: "" }],
  [
    "a reason of its own",
    "HTTP/1.1 299 Fine, So \xfc\r\nContent-Length: 0\r\n\r\n",
    { start: [299, "Fine, So \xfc", 1] },
  ],
])("an answer with %s is read", (_, text, message) =>
  expect(read(text)).toMatchObject({ ...message, end: text.length }),
);

test("an answer to HEAD has no body, whatever it says", () => {
  expect(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true)).toMatchObject({ body: "", end: 38 });
});

test.each([
  ["what is no HTTP", "hello\r\n\r\n"],
  ["a blank before it", " HTTP/1.1 200 OK\r\n\r\n"],
  ["an empty line before it", "\r\nHTTP/1.1 200 OK\r\n\r\n"],
  ["HTTP/2", "HTTP/2 200 OK\r\n\r\n"],
  ["no status", "HTTP/1.1\r\n\r\n"],
  ["two digits", "HTTP/1.1 20 OK\r\n\r\n"],
  ["four digits", "HTTP/1.1 2000 OK\r\n\r\n"],
  ["the status 000", "HTTP/1.1 000 No\r\n\r\n"],
  ["the status 099", "HTTP/1.1 099 No\r\n\r\n"],
  ["a bare LF", "HTTP/1.1 200 OK\nA: b\n\n"],
  ["a bare CR in its reason", "HTTP/1.1 200 OK\rSet-Cookie: a\r\n\r\n"],
  ["a bare CR in a value", "HTTP/1.1 200 OK\r\nA: b\rSet-Cookie: a\r\n\r\n"],
  ["a NUL in a value", "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n"],
  ["a folded line", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"],
  ["a blank before a colon", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n"],
  ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
  ["two lengths in one", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na"],
  ["both lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"],
  ["a bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhixx0\r\n\r\n"],
])("an answer with %s is refused, however the stream is cut", (_, text) => {
  expect(read(text)).toEqual({ refused: expect.any(Number) });
  const bytes = [...Buffer.from(text, "latin1")].map((byte) => Buffer.from([byte]));
  expect(readResponse(bytes)).toEqual(read(text));
});
