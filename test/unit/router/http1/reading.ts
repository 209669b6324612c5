import { BodyReader } from "../../../../router/http1/body";
import type { Fields } from "../../../../router/http1/fields";
import { defaultHeadLimits, type HeadLimits } from "../../../../router/http1/head";
import { Refusal } from "../../../../router/http1/refusal";
import { RequestHead } from "../../../../router/http1/request-head";
import { ResponseHead } from "../../../../router/http1/response-head";

export interface Message {
  start: (string | number)[];
  fields: [string, string][];
  body: string;
  trailers: [string, string][];
  /** Offset after the message in the stream. */
  end: number;
}

/** What was read of one message: all of it, why not, or that more is to come. */
export type Reading = Message | { refused: number } | "partial";

export const listOf = (fields: Fields | undefined): [string, string][] =>
  Array.from({ length: fields?.count ?? 0 }, (_, index) => [
    fields?.name(index) ?? "",
    fields?.value(index) ?? "",
  ]);

/** Reads one request from the chunks of a stream. */
export function readRequest(chunks: Buffer[], limits: HeadLimits = defaultHeadLimits): Reading {
  const head = new RequestHead(limits);
  return readMessage(chunks, head, limits, () => [head.method, head.target, head.minor]);
}

/** Reads one answer from the chunks of a stream; a body that ends with the connection ends with them. */
export function readResponse(chunks: Buffer[], options: { toHead?: boolean } = {}): Reading {
  const head = new ResponseHead(defaultHeadLimits);
  head.toHead = options.toHead ?? false;
  return readMessage(chunks, head, defaultHeadLimits, () => [head.status, head.reason, head.minor]);
}

/** Cuts a stream before each of the offsets. */
export function cut(stream: Buffer, offsets: number[]): Buffer[] {
  const places = [...new Set(offsets.map((offset) => offset % (stream.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => stream.subarray(from, places[index] ?? stream.length));
}

function readMessage(
  chunks: Buffer[],
  head: RequestHead | ResponseHead,
  limits: HeadLimits,
  start: () => (string | number)[],
): Reading {
  const body = new BodyReader(limits);
  const told: Message = { start: [], fields: [], body: "", trailers: [], end: 0 };
  const sink = {
    onBody: (bytes: Buffer, from: number, to: number) => {
      told.body += bytes.toString("latin1", from, to);
    },
  };
  let inBody = false;
  let passed = 0;
  try {
    for (const chunk of chunks) {
      let from = 0;
      if (!inBody) {
        from = head.read(chunk, 0, chunk.length);
        if (from < 0) {
          passed += chunk.length;
          continue;
        }
        Object.assign(told, { start: start(), fields: listOf(head.fields) });
        inBody = true;
        if (!body.begin(head.body)) return { ...told, end: passed + from };
      }
      const end = body.read(chunk, from, chunk.length, sink);
      if (end >= 0) return { ...told, trailers: listOf(body.trailers), end: passed + end };
      passed += chunk.length;
    }
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.status };
    throw error;
  }
  return inBody && body.endsWithConnection ? { ...told, end: passed } : "partial";
}
