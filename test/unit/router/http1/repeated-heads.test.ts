import { answerLines } from "../../../../router/headers";
import { defaultHeadLimits, type Head } from "../../../../router/http1/head";
import { Refusal } from "../../../../router/http1/refusal";
import { RequestHead } from "../../../../router/http1/request-head";
import { ResponseHead } from "../../../../router/http1/response-head";
import { fc } from "../../../support/properties";
import { cut, listOf } from "./reading";

/** Heads that are alike, so that one is often taken for the other if bytes are compared carelessly. */
const requests = [
  "GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /b HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /a HTTP/1.1\r\nHost: b\r\n\r\n",
  "GET /a HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n",
  "GET /a HTTP/1.1\r\nHost: a\r\nx: 1\r\n\r\n",
  "\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n",
  "HEAD /a HTTP/1.0\r\nConnection: x, close\r\n\r\n",
  "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nExpect: 100-continue\r\n\r\n",
  "GET http://a/ HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
  "GET /a HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
];
const answers = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n",
  "HTTP/1.1 200 ok\r\nContent-Length: 5\r\n\r\n",
  "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n",
  "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: x\r\nX: 1\r\n\r\n",
  "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
  "HTTP/1.1 20 OK\r\n\r\n",
];

const requestTold = (head: RequestHead) => ({
  ...{ method: head.method, target: head.target, minor: head.minor, host: head.host, body: head.body },
  ...{ keepAlive: head.keepAlive, expects: head.expectsContinue, upgrade: head.upgrade },
  ...{ connection: [...(head.connection ?? [])], fields: listOf(head.fields), text: head.fields.text },
});
const answerTold = (head: ResponseHead) => ({
  ...{ status: head.status, reason: head.reason, minor: head.minor, body: head.body, length: head.length },
  ...{ keepAlive: head.keepAlive, connection: [...(head.connection ?? [])], interim: head.interim },
  ...{ fields: listOf(head.fields), lines: answerLines(head) },
});

/** Reads heads one after the other from a stream, up to the first that is refused. `headFor` gives what reads the next one. */
function readAll<H extends Head>(
  chunks: Buffer[],
  headFor: (index: number) => H,
  tell: (head: H) => unknown,
) {
  const told: unknown[] = [];
  let head = headFor(0);
  try {
    for (const chunk of chunks)
      for (let from = 0; from >= 0 && from < chunk.length; ) {
        from = head.read(chunk, from, chunk.length);
        if (from < 0) break;
        told.push(tell(head));
        head = headFor(told.length);
      }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    told.push(error.status);
  }
  return told;
}

const offsets = fc.array(fc.nat(), { maxLength: 6 });
const some = (texts: string[]) =>
  fc.array(fc.oneof(fc.constant(texts[0] ?? ""), fc.constantFrom(...texts)), { minLength: 1, maxLength: 8 });
const chunksOf = (texts: string[], at: number[]) => cut(Buffer.from(texts.join(""), "latin1"), at);

test("a request that repeats the one before it, or nearly does, tells what it would tell by itself", () => {
  fc.assert(
    fc.property(some(requests), offsets, (texts, at) => {
      const one = new RequestHead(defaultHeadLimits);
      const alone = readAll(chunksOf(texts, at), () => new RequestHead(defaultHeadLimits), requestTold);
      expect(readAll(chunksOf(texts, at), () => one, requestTold)).toEqual(alone);
    }),
  );
});

test("so does an answer, whatever was asked before it", () => {
  fc.assert(
    fc.property(some(answers), offsets, fc.array(fc.boolean(), { minLength: 9 }), (texts, at, toHead) => {
      const asked = (head: ResponseHead, index: number) =>
        Object.assign(head, { toHead: toHead[index] ?? false });
      const one = new ResponseHead(defaultHeadLimits);
      const chunks = chunksOf(texts, at);
      const alone = readAll(chunks, (index) => asked(new ResponseHead(defaultHeadLimits), index), answerTold);
      expect(readAll(chunks, (index) => asked(one, index), answerTold)).toEqual(alone);
    }),
  );
});
