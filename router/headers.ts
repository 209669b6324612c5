import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** Never passed on: they concern one connection (RFC 9110, 7.6.1), or would let a client speak in the router's name. */
const dropped = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authorization",
  "te",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "expect",
  // httpoxy: CGI programs take it for their HTTP_PROXY.
  "proxy",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-port",
  "x-forwarded-host",
  "x-request-id",
  "x-request-start",
]);

const droppedFromAnswers = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** What the router tells the app of a request. */
export interface Forwarded {
  requestId: string;
  /** Milliseconds since 1970. */
  arrivedAt: number;
}

/**
 * The headers of the request to the app, lower-case names. Where a client came from is the router's to say: what it says of itself is
 * replaced, also when spelled with underscores, which CGI and WSGI cannot tell from dashes.
 */
export function requestHeaders(request: IncomingMessage, forwarded: Forwarded): IncomingHttpHeaders {
  const named = connectionTokens(request.headers);
  const headers: IncomingHttpHeaders = {};
  for (const name in request.headers) {
    if (dropped.has(name) || named?.has(name)) continue;
    if (name.includes("_") && dropped.has(name.replaceAll("_", "-"))) continue;
    headers[name] = request.headers[name];
  }
  if (request.headers["transfer-encoding"] !== undefined) headers["transfer-encoding"] = "chunked";
  headers["x-forwarded-for"] = clientAddress(request);
  headers["x-forwarded-proto"] = "http";
  headers["x-forwarded-port"] = String(request.socket.localPort ?? "");
  if (request.headers.host !== undefined) headers["x-forwarded-host"] = request.headers.host;
  headers["x-request-id"] = forwarded.requestId;
  headers["x-request-start"] = String(forwarded.arrivedAt);
  return headers;
}

/** The app's response headers for the client, flat and in their order and spelling: name, value, name, value ... */
export function answerHeaders(answer: IncomingMessage): string[] {
  const named = connectionTokens(answer.headers);
  const raw = answer.rawHeaders;
  const headers: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? "";
    const key = name.toLowerCase();
    if (!droppedFromAnswers.has(key) && !named?.has(key)) headers.push(name, raw[index + 1] ?? "");
  }
  return headers;
}

/** The peer's address; an IPv4 client of an IPv6 socket in its own form. */
export function clientAddress(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

const requestIdPattern = /^[A-Za-z0-9+/=._-]{16,128}$/;

/** The client's request id when it is well-formed, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && requestIdPattern.test(given) ? given : randomUUID();
}

/** Headers that a Connection header names as its own; never those that frame or address the message. */
function connectionTokens(headers: IncomingHttpHeaders): Set<string> | undefined {
  const value = headers.connection;
  if (value === undefined || /^\s*(keep-alive|close|upgrade)\s*$/i.test(value)) return undefined;
  const names = value.split(",").map((token) => token.trim().toLowerCase());
  return new Set(names.filter((name) => name !== "content-length" && name !== "host"));
}
