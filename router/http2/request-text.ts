import { malformed } from "../http1/refusal";
import { type BodyFraming, framingFor } from "./body-source";
import { fieldLine } from "./field-lines";

/** A request of HTTP/2 as HTTP/1.1 says it. */
export interface RequestText {
  /** The whole head, one character a byte. */
  head: string;
  /** What it asks for, as the client spelled it. */
  authority: string;
  /** Undefined for none. */
  body: BodyFraming | undefined;
  toHead: boolean;
}

interface Pseudo {
  method?: string;
  scheme?: string;
  path?: string;
  authority?: string;
  protocol?: string;
}

const pseudoNames: Record<string, keyof Pseudo> = {
  ":method": "method",
  ":scheme": "scheme",
  ":path": "path",
  ":authority": "authority",
  ":protocol": "protocol",
};
/** What would end a word of the request line. */
const wordBreaking = /[^\x21-\x7e\x80-\xff]/;
/** Methods whose missing body servers want to be told of (RFC 9110, 8.6). */
const usuallyWithBody = new Set(["POST", "PUT", "PATCH"]);

/**
 * Writes a request's head as HTTP/1.1, which then is read by the one strict parser: nothing comes to an app by HTTP/2 that would not come by
 * HTTP/1.1. Here is refused what that parser could not see any more: what would become another line, or another word of one.
 * `fields` are names and values in turn; `ends` when no body follows; `tunnelKey` becomes the Sec-WebSocket-Key that HTTP/2 has none of
 * (RFC 8441). Throws a `Refusal`.
 */
export function requestTextOf(
  fields: readonly string[],
  ends: boolean,
  tunnelKey: () => string,
): RequestText {
  const pseudo: Pseudo = {};
  const seen: Seen = { lines: "", cookies: [], host: undefined, length: undefined };
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index] ?? "";
    const value = fields[index + 1] ?? "";
    if (name.startsWith(":")) takePseudo(pseudo, name, value);
    else takeField(seen, name, value);
  }
  const { method = "", path = "", scheme, protocol } = pseudo;
  const authority = judgeAuthority(pseudo.authority, seen.host);
  if (scheme !== "https") throw malformed("The scheme is not that of the connection.");
  if (method === "" || path === "") throw malformed("The request has no method or no path.");
  if (!path.startsWith("/") && path !== "*") throw malformed("The request's target is no path.");
  // A list of cookies is one header in HTTP/1.1 (RFC 9113, 8.2.3).
  const cookies = seen.cookies.length > 0 ? `cookie: ${seen.cookies.join("; ")}\r\n` : "";
  const lines = `Host: ${authority}\r\n${seen.lines}${cookies}`;
  if (protocol !== undefined) return tunnelText(pseudo, authority, lines, tunnelKey());
  if (ends && Number(seen.length ?? 0) !== 0) throw malformed("The request is shorter than it says.");
  const body = ends ? undefined : framingFor(seen.length);
  const framing = framingLine(body, method, seen.length);
  const head = `${method} ${path} HTTP/1.1\r\n${lines}${framing}Connection: close\r\n\r\n`;
  return { head, authority, body, toHead: method === "HEAD" };
}

function framingLine(body: BodyFraming | undefined, method: string, length: string | undefined): string {
  if (body?.kind === "chunked") return "Transfer-Encoding: chunked\r\n";
  const saysNothing = body === undefined && length === undefined;
  return saysNothing && usuallyWithBody.has(method) ? "Content-Length: 0\r\n" : "";
}

interface Seen {
  lines: string;
  cookies: string[];
  host: string | undefined;
  length: string | undefined;
}

function takePseudo(pseudo: Pseudo, name: string, value: string): void {
  const key = pseudoNames[name];
  if (key === undefined) throw malformed("There is no such pseudo-header.");
  if (pseudo[key] !== undefined) throw malformed("A pseudo-header comes twice.");
  if (wordBreaking.test(value)) throw malformed("A pseudo-header holds a byte that it may not hold.");
  pseudo[key] = value;
}

function takeField(seen: Seen, name: string, value: string): void {
  const line = fieldLine(name, value);
  if (name === "te" && value !== "trailers") throw malformed("The only transfer coding is that of HTTP/2.");
  if (name === "host") {
    if (seen.host !== undefined) throw malformed("There is more than one Host.");
    seen.host = value;
  } else if (name === "cookie") seen.cookies.push(value);
  else {
    if (name === "content-length") seen.length = value;
    seen.lines += line;
  }
}

/** Both may name the host, and then the same. */
function judgeAuthority(authority: string | undefined, host: string | undefined): string {
  const named = authority ?? host;
  if (named === undefined || named === "") throw malformed("There is no host.");
  if (host !== undefined && host.toLowerCase() !== named.toLowerCase())
    throw malformed("Two different hosts are named.");
  return named;
}

/** Extended CONNECT (RFC 8441) as the upgrade that it stands for. */
function tunnelText(
  { method, path, protocol }: Pseudo,
  authority: string,
  lines: string,
  key: string,
): RequestText {
  if (method !== "CONNECT" || protocol !== "websocket") throw malformed("There is no such protocol here.");
  const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${key}\r\n\r\n`;
  const head = `GET ${path} HTTP/1.1\r\n${lines}${upgrade}`;
  return { head, authority, body: { kind: "tunnel", length: Number.POSITIVE_INFINITY }, toHead: false };
}
