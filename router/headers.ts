import { kinds } from "./http1/field-names";
import type { Fields } from "./http1/fields";
import type { RequestHead } from "./http1/request-head";
import type { ResponseHead } from "./http1/response-head";
import type { Origin } from "./peer";

/** By kind: 1 for what is passed on. Framing, and what the router says itself, is written anew. */
const keptOfRequest = keeping(
  kinds.other,
  kinds.host,
  kinds.accept,
  kinds.date,
  kinds.contentType,
  kinds.contentEncoding,
);
const keptOfAnswer = keeping(
  kinds.other,
  kinds.host,
  kinds.accept,
  kinds.date,
  kinds.contentType,
  kinds.contentEncoding,
  kinds.expect,
  kinds.requestId,
  kinds.toRouter,
);
/** A trailer may carry nothing that frames or routes a message (RFC 9110, 6.5.1). */
const keptOfTrailers = keeping(kinds.other);

/**
 * The head of the request to the app; `arrivedAt` in milliseconds since 1970. Where a client came from is the router's to say: what it says of itself is left away, also when
 * spelled with underscores, which CGI and WSGI cannot tell from dashes.
 */
export function requestText(head: RequestHead, origin: Origin, arrivedAt: number, upgrade: boolean): string {
  const { host, body } = head;
  return (
    `${head.method} ${head.target} HTTP/1.1\r\n` +
    head.fields.lines(keptOfRequest, head.connection) +
    (body.kind === "length" ? `Content-Length: ${body.length}\r\n` : "") +
    (body.kind === "chunked" ? "Transfer-Encoding: chunked\r\n" : "") +
    origin.lines +
    (host === undefined ? "Host: \r\n" : `X-Forwarded-Host: ${origin.host ?? host}\r\n`) +
    `X-Request-Id: ${origin.requestId}\r\nX-Request-Start: ${origin.start ?? arrivedAt}\r\n` +
    (upgrade ? `Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n\r\n` : "\r\n")
  );
}

/** The first line and the app's own lines of an answer, in their order and spelling; framing and connection are still to come. */
export function answerLines(head: ResponseHead): string {
  return `HTTP/1.1 ${head.status} ${head.reason}\r\n${head.fields.lines(keptOfAnswer, head.connection)}`;
}

/** The lines after the last chunk, without the empty one. */
export const trailerLines = (trailers: Fields | undefined): string =>
  trailers === undefined ? "" : trailers.lines(keptOfTrailers, undefined);

function keeping(...kept: number[]): Uint8Array {
  const table = new Uint8Array(Object.keys(kinds).length);
  for (const kind of kept) table[kind] = 1;
  return table;
}
