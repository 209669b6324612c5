import { randomUUID } from "node:crypto";
import { kinds } from "./http1/field-names";
import type { Fields } from "./http1/fields";
import type { RequestHead } from "./http1/request-head";
import type { ResponseHead } from "./http1/response-head";

/** Where a client came from: for the app, and for the access log. */
export interface ClientFacts {
  scheme: "http" | "https";
  /** The peer's address; an IPv4 client of an IPv6 socket in its own form. */
  address: string;
  /** The port it came to. */
  port: number;
}

/** What the router tells the app of a request. */
export interface Forwarded {
  requestId: string;
  /** Milliseconds since 1970. */
  arrivedAt: number;
}

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

/** The lines of a connection that each of its requests is sent with. */
export function clientLines({ address, scheme, port }: ClientFacts): string {
  return `X-Forwarded-For: ${address}\r\nX-Forwarded-Proto: ${scheme}\r\nX-Forwarded-Port: ${port}\r\n`;
}

/**
 * The head of the request to the app. Where a client came from is the router's to say: what it says of itself is left away, also when
 * spelled with underscores, which CGI and WSGI cannot tell from dashes.
 */
export function requestText(
  head: RequestHead,
  ofClient: string,
  forwarded: Forwarded,
  upgrade: boolean,
): string {
  const { host, body } = head;
  return (
    `${head.method} ${head.target} HTTP/1.1\r\n` +
    head.fields.lines(keptOfRequest, head.connection) +
    (body.kind === "length" ? `Content-Length: ${body.length}\r\n` : "") +
    (body.kind === "chunked" ? "Transfer-Encoding: chunked\r\n" : "") +
    ofClient +
    (host === undefined ? "Host: \r\n" : `X-Forwarded-Host: ${host}\r\n`) +
    `X-Request-Id: ${forwarded.requestId}\r\nX-Request-Start: ${forwarded.arrivedAt}\r\n` +
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

const requestIdPattern = /^[A-Za-z0-9+/=._-]{16,128}$/;

/** The client's request id when it is well-formed, else a new one. */
export function requestIdOf(fields: Fields): string {
  const given = fields.first(kinds.requestId);
  return given !== undefined && requestIdPattern.test(given) ? given : randomUUID();
}

function keeping(...kept: number[]): Uint8Array {
  const table = new Uint8Array(Object.keys(kinds).length);
  for (const kind of kept) table[kind] = 1;
  return table;
}
