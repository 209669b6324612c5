import type { OutgoingHttpHeaders } from "node:http2";
import type { Fields } from "../http1/fields";

/** Of one connection, or of another version: HTTP/2 must not say them (RFC 9113, 8.2.2). Its own `te` stands with the pseudo-headers. */
const unsaid = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "te",
  "http2-settings",
]);

/** What a head of HTTP/1.1 says, as HTTP/2 says it: names in lower case, one entry a name. `first` is what stands before. */
export function headersOf(first: OutgoingHttpHeaders, fields: Fields): OutgoingHttpHeaders {
  // Without a prototype: an app may name a header `constructor`.
  const headers: OutgoingHttpHeaders = Object.assign(Object.create(null), first);
  for (let index = 0; index < fields.count; index += 1) {
    const name = fields.name(index).toLowerCase();
    if (!unsaid.has(name)) add(headers, name, fields.value(index));
  }
  return headers;
}

/** The same of what stands behind a body. */
export const trailersOf = (fields: Fields): OutgoingHttpHeaders => headersOf({}, fields);

/** Several of a name are one list (RFC 9110, 5.3), but cookies, whose dates have commas. */
function add(headers: OutgoingHttpHeaders, name: string, value: string): void {
  const known = headers[name];
  if (name === "set-cookie") headers[name] = Array.isArray(known) ? [...known, value] : [value];
  else headers[name] = known === undefined ? value : `${String(known)}, ${value}`;
}
