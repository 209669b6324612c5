import { fc } from "../../../support/properties";
import { cut, type Message, readRequest } from "./reading";

const read = (text: string) => readRequest([Buffer.from(text, "latin1")]);
const host = "Host: shop.example\r\n";
const get = (fields: string) => `GET / HTTP/1.1\r\n${fields}\r\n`;
const post = (fields: string, body = "") => `POST / HTTP/1.1\r\n${host}${fields}\r\n${body}`;

test.each<[string, string, Partial<Message>]>([
  ["the smallest", get(host), { start: ["GET", "/", 1], fields: [["Host", "shop.example"]] }],
  ["HTTP/1.0 without a Host", "GET / HTTP/1.0\r\n\r\n", { start: ["GET", "/", 0] }],
  ["an empty line before it", `\r\n${get(host)}`, { start: ["GET", "/", 1] }],
  ["raw UTF-8 in its target", `GET /\xc3\xbc HTTP/1.1\r\n${host}\r\n`, { start: ["GET", "/\xc3\xbc", 1] }],
  [
    "blanks around values",
    get(`${host}A: \t x y \t\r\nB:z\r\nC:\r\n`),
    {
      fields: [
        ["Host", "shop.example"],
        ["A", "x y"],
        ["B", "z"],
        ["C", ""],
      ],
    },
  ],
  ["a body by length", post("Content-Length: 3\r\n", "abc"), { body: "abc" }],
  ["leading zeros of a length", post("Content-Length: 003\r\n", "abc"), { body: "abc" }],
  [
    "a body in chunks",
    post("transfer-encoding: Chunked\r\n", `3\r\nabc\r\n1F\r\n${"x".repeat(31)}\r\n0\r\n\r\n`),
    {
      body: `abc${"x".repeat(31)}`,
    },
  ],
  [
    "chunk extensions",
    post("Transfer-Encoding: chunked\r\n", "3;a;b=c\r\nabc\r\n0;d\r\n\r\n"),
    { body: "abc" },
  ],
  [
    "trailers",
    post("Transfer-Encoding: chunked\r\n", "0\r\nX-Sum: 1\r\n\r\n"),
    { trailers: [["X-Sum", "1"]] },
  ],
])("%s is read", (_, text, message) => {
  expect(read(text)).toMatchObject({ ...message, end: text.length });
});

/** What lets two readers of one stream disagree where a request ends, or for whom it is. */
const smuggling: [string, string, number][] = [
  ["both lengths", post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400],
  ["both lengths, the other way round", post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"), 400],
  ["two lengths", post("Content-Length: 4\r\nContent-Length: 5\r\n"), 400],
  ["the same length twice", post("Content-Length: 4\r\nContent-Length: 4\r\n"), 400],
  ...["4, 4", "+4", "-4", "4 4", "0x4", "4.0", "", "\u00b2", "9007199254740993", "9".repeat(30)].map(
    (value): [string, string, number] => [`the length ${value}`, post(`Content-Length: ${value}\r\n`), 400],
  ),
  ...[
    "chunked, chunked",
    "gzip, chunked",
    "chunked;q=1",
    "identity",
    "xchunked",
    "chunked,",
    '"chunked"',
    "",
  ].map((value): [string, string, number] => [
    `the coding ${value}`,
    post(`Transfer-Encoding: ${value}\r\n`),
    501,
  ]),
  ["two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400],
  ["a control character in the coding", post("Transfer-Encoding: \x0bchunked\r\n"), 400],
  ["a blank before the coding's colon", post("Transfer-Encoding : chunked\r\n"), 400],
  ["a tab before the coding's colon", post("Transfer-Encoding\t: chunked\r\n"), 400],
  ["chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400],
  ["an underscore in the length's name", post("Content_Length: 4\r\n"), 400],
  ["an underscore in the coding's name", post("Transfer_Encoding: chunked\r\n"), 400],
  ["a folded line", get(`${host}A: b\r\n c: d\r\n`), 400],
  ["a line folded with a tab", get(`${host}A: b\r\n\tc: d\r\n`), 400],
  ["a blank before the first name", get(` ${host}`), 400],
  ["a bare LF after a value", get(`${host}A: b\n`), 400],
  ["a bare LF after the request line", `GET / HTTP/1.1\n${host}\r\n`, 400],
  ["bare LFs alone", "GET / HTTP/1.1\nHost: a\n\n", 400],
  ["a bare CR in a value", get(`${host}A: b\rc: d\r\n`), 400],
  ["a bare CR before the end", `GET / HTTP/1.1\r\n${host}\r\r\n`, 400],
  ["a NUL in a value", get(`${host}A: b\0c\r\n`), 400],
  ["a NUL in a name", get(`${host}A\0: b\r\n`), 400],
  ["DEL in a value", get(`${host}A: b\x7f\r\n`), 400],
  ["no name", get(`${host}: b\r\n`), 400],
  ["no colon", get(`${host}Ab\r\n`), 400],
  ["a name outside ASCII", get(`${host}\xc3\xbc: b\r\n`), 400],
  ["two Hosts", get(`${host}Host: evil\r\n`), 400],
  ["the same Host twice", get(`${host}${host}`), 400],
  ["no Host", get("A: b\r\n"), 400],
  ["a Host with a path", get("Host: shop/evil\r\n"), 400],
  ["a Host with a blank", get("Host: shop evil\r\n"), 400],
  ["a Host with a user", get("Host: shop@evil\r\n"), 400],
  ["two Hosts in one", get("Host: shop, evil\r\n"), 400],
  ["no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  ["an empty target", "GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  ["two blanks", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 505],
  ["a tab for a blank", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  ["a control character in its target", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  ["a fragment in its target", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  ["another host in its target", `GET http://evil/ HTTP/1.1\r\n${host}\r\n`, 400],
  ["a user in its target", `GET http://a@shop.example/ HTTP/1.1\r\n${host}\r\n`, 400],
  ["another scheme", `GET ftp://shop.example/ HTTP/1.1\r\n${host}\r\n`, 400],
  ["a target that is no path", `GET a HTTP/1.1\r\n${host}\r\n`, 400],
  ["an asterisk for GET", `GET * HTTP/1.1\r\n${host}\r\n`, 400],
  ["a blank after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400],
  ["a method nobody knows", "GETS / HTTP/1.1\r\nHost: a\r\n\r\n", 501],
  ["a method in small letters", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501],
  ["CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 501],
  ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 501],
  ["a method without end", "G".repeat(21), 501],
  ["HTTP/0.9", "GET /\r\n\r\n", 400],
  ...["HTTP/1.2", "HTTP/2.0", "HTTP/11", "http/1.1", "HTTP/1,1"].map((version): [string, string, number] => [
    `the version ${version}`,
    `GET / ${version}\r\nHost: a\r\n\r\n`,
    505,
  ]),
  ["TLS", "\x16\x03\x01\x02\0\x01", 400],
  ["two empty lines before it", `\r\n\r\n${get(host)}`, 400],
  ["an expectation nobody knows", get(`${host}Expect: 200-ok\r\n`), 417],
  ["a head without end", `GET / HTTP/1.1\r\n${host}A: ${"a".repeat(20_000)}`, 431],
  ["a target without end", `GET /${"a".repeat(20_000)}`, 431],
  ["too many fields", get(host + "A: b\r\n".repeat(128)), 431],
  ...[
    ["no size", "\r\nabc\r\n0\r\n\r\n"],
    ["a size that is no number", "x\r\n"],
    ["a negative size", "-1\r\n"],
    ["a size with a sign", "+1\r\na\r\n"],
    ["a size with 0x", "0x1\r\na\r\n"],
    ["a blank before the size", " 1\r\na\r\n"],
    ["a blank after the size", "1 \r\na\r\n"],
    ["a size beyond counting", "FFFFFFFFFFFFFFFFF\r\n"],
    ["a size that overflows to 1", "10000000000000001\r\na\r\n"],
    ["a size with zeros without end", "0".repeat(20)],
    ["a bare LF after the size", "1\na\r\n"],
    ["a bare CR after the size", "1\ra\r\n"],
    ["data longer than its size", "1\r\nabc\r\n"],
    ["a bare LF after data", "1\r\na\n0\r\n\r\n"],
    ["a line feed in an extension", "1;a\nb\r\na\r\n"],
    ["an empty extension", "1;\r\na\r\n"],
    ["an extension without value", "1;a=\r\na\r\n"],
    ["extensions without end", `1;${"a".repeat(20_000)}`],
    ["a trailer with a bare LF", "0\r\nA: b\n\r\n"],
    ["a folded trailer", "0\r\nA: b\r\n c\r\n\r\n"],
  ].map(([what, body]): [string, string, number] => [
    `a chunk: ${what}`,
    post("Transfer-Encoding: chunked\r\n", body),
    400,
  ]),
];

test.each(smuggling)("%s is refused, however the stream is cut", (_, text, status) => {
  expect(read(text)).toEqual({ refused: status });
  const stream = Buffer.from(text, "latin1");
  const step = stream.length > 1_000 ? 61 : 1;
  const pieces = cut(
    stream,
    Array.from({ length: stream.length / step }, (_, index) => (index + 1) * step),
  );
  expect(readRequest(pieces)).toEqual({ refused: status });
});

test("a name that spells a known one with underscores is none of its kind", () => {
  fc.assert(
    fc.property(fc.constantFrom("X_Request_Id", "X_Forwarded_For", "keep_alive"), (name) => {
      expect(read(get(`${host}${name}: a\r\n`))).toMatchObject({
        fields: [
          ["Host", "shop.example"],
          [name, "a"],
        ],
      });
    }),
  );
});

test.each([
  ["target", `GET /${"t".repeat(9_000)} HTTP/1.1\r\n${host}\r\n`],
  ["name", get(`${host}${"N_n".repeat(3_000)}: a\r\n`)],
  ["value", get(`${host}A: \t${"v ".repeat(4_000)}\r\nB: ${"w".repeat(4_000)}\r\n`)],
])("a long %s is read alike as a whole and byte by byte", (_, text) => {
  const stream = Buffer.from(text, "latin1");
  const bytes = cut(
    stream,
    Array.from(stream, (__, index) => index),
  );
  expect(readRequest(bytes)).toEqual(readRequest([stream]));
  expect(readRequest(bytes)).toHaveProperty("fields");
});
