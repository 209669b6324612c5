import { malformed } from "../http1/refusal";

const namePattern = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** What a line of HTTP/1.1 would not survive as one line. */
const lineBreaking = /[^\t\x20-\x7e\x80-\xff]/;
/** Of one connection, which HTTP/2 frames itself (RFC 9113, 8.2.2). */
const connectionNames = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** A field of HTTP/2 as a line of HTTP/1.1. Throws a `Refusal` for what would become another line, or speaks of the connection. */
export function fieldLine(name: string, value: string): string {
  if (!namePattern.test(name)) throw malformed("A header has no valid name.");
  if (lineBreaking.test(value)) throw malformed("A header holds a byte that it may not hold.");
  if (connectionNames.has(name))
    throw malformed("A header speaks of the connection, which HTTP/2 does itself.");
  return `${name}: ${value}\r\n`;
}

/** The same of a list, names and values in turn, without pseudo-headers. */
export function fieldLines(fields: readonly string[]): string {
  let lines = "";
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index] ?? "";
    if (!name.startsWith(":")) lines += fieldLine(name, fields[index + 1] ?? "");
  }
  return lines;
}
