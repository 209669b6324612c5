import { fc } from "../../../support/properties";
import { judge } from "./llhttp";
import { cut, type Reading, readRequest, readResponse } from "./reading";

/**
 * Random streams near the edge of what is valid, read by us and by Node's own parser. We may be stricter, never more lenient, and where
 * both read a message it must be the same one.
 */
const runs = 4_000;

const word = fc.string({ unit: fc.constantFrom(..."abXZ09-_.!"), minLength: 1, maxLength: 6 });
const field = fc.oneof(
  fc.tuple(word, fc.string({ unit: fc.constantFrom(..."ab 0,;=\t\xfc"), maxLength: 8 })),
  fc.constantFrom<[string, string]>(
    ["Host", "shop.example"],
    ["Content-Length", "5"],
    ["content-length", "0"],
    ["Transfer-Encoding", "chunked"],
    ["Transfer-Encoding", "gzip, chunked"],
    ["Connection", "close"],
    ["Connection", "keep-alive, x"],
    ["Expect", "100-continue"],
  ),
);
const fields = fc
  .array(field, { maxLength: 4 })
  .map((list) => list.map(([name, value]) => `${name}: ${value}\r\n`).join(""));
const chunk = fc
  .tuple(
    fc.string({ unit: fc.constantFrom("a", "\r", "\n", "0"), minLength: 1, maxLength: 20 }),
    fc.constantFrom("", ";a", ";a=b", ";"),
  )
  .map(([data, extension]) => `${data.length.toString(16)}${extension}\r\n${data}\r\n`);
const body = fc.oneof(
  fc.constantFrom("", "hello", "0\r\n\r\n", "0\r\nX-Sum: 1\r\n\r\n"),
  fc.array(chunk, { maxLength: 3 }).map((chunks) => `${chunks.join("")}0\r\n\r\n`),
);
const requestLine = fc
  .tuple(
    fc.constantFrom("GET", "POST", "DELETE", "M-SEARCH", "GETS"),
    fc.constantFrom("/", "/a?b=c", "*", "http://a/b", ""),
    fc.constantFrom("1.1", "1.1", "1.0", "2.0", "1.2"),
  )
  .map(([method, target, version]) => `${method} ${target} HTTP/${version}\r\n`);
const statusLine = fc
  .tuple(
    fc.constantFrom("1.1", "1.1", "1.0", "2.0"),
    fc.constantFrom("200", "204", "304", "404", "99", "1000"),
    fc.constantFrom(" OK", "", " ", " a b"),
  )
  .map(([version, status, reason]) => `HTTP/${version} ${status}${reason}\r\n`);

/** Changes of single bytes, which make most of the trouble in the world. */
const oddBytes = fc.constantFrom(
  "\r",
  "\n",
  "\r\n",
  " ",
  "\t",
  ":",
  "\0",
  "\x0b",
  "\x7f",
  "\x80",
  ";",
  "=",
  ",",
  "0",
  "a",
  "_",
  "",
);
const mutations = fc.array(
  fc.record({
    where: fc.double({ min: 0, max: 1, noNaN: true }),
    what: oddBytes,
    length: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 3 },
);

const stream = (start: fc.Arbitrary<string>) =>
  fc.tuple(start, fields, body, mutations).map(([line, lines, rest, changes]) => {
    let text = `${line}Host: a\r\n${lines}\r\n${rest}`;
    for (const { where, what, length } of changes) {
      const place = Math.floor(where * text.length);
      text = text.slice(0, place) + what + text.slice(place + length);
    }
    return text;
  });

const offsets = fc.array(fc.nat(400), { maxLength: 8 });

/** How often both read a message: without it the tests could agree on refusing everything. */
function agreeOn(kind: "REQUEST" | "RESPONSE", text: string, ours: Reading): boolean {
  const bytes = Buffer.from(text, "latin1");
  if (ours === "partial" || "refused" in ours) {
    // What we wait for more of must not be refused by Node already.
    if (ours === "partial") expect([text, judge(bytes, kind).error]).toEqual([text, undefined]);
    return false;
  }
  const node = judge(bytes.subarray(0, ours.end), kind);
  const lengthless = kind === "RESPONSE" && node.complete === 0 && node.error === undefined;
  expect([text, node.error, lengthless || node.complete === 1]).toEqual([text, undefined, true]);
  expect([text, node.body]).toEqual([text, ours.body]);
  const all = [...ours.fields, ...ours.trailers].flat();
  expect([text, node.headers]).toEqual([text, all]);
  const [first, second] = ours.start;
  if (kind === "REQUEST") expect([text, node.url.replace(/^http:\/\/a(?=\/)/, "")]).toEqual([text, second]);
  else expect([text, node.status]).toEqual([text, first]);
  return true;
}

test.each([
  ["REQUEST", requestLine, (chunks: Buffer[]) => readRequest(chunks)],
  ["RESPONSE", statusLine, (chunks: Buffer[]) => readResponse(chunks)],
] as const)(
  "%s: nothing that Node refuses is taken, and what is taken is read as Node reads it",
  (kind, start, read) => {
    let both = 0;
    fc.assert(
      fc.property(stream(start), offsets, (text, places) => {
        const bytes = Buffer.from(text, "latin1");
        const ours = read([bytes]);
        if (agreeOn(kind, text, ours)) both += 1;
        expect([text, read(cut(bytes, places))]).toEqual([text, ours]);
      }),
      { numRuns: runs },
    );
    expect(both).toBeGreaterThan(runs / 50);
  },
);
