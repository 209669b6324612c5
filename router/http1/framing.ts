import { kinds } from "./field-names";
import type { Fields } from "./fields";
import { malformed, Refusal } from "./refusal";

/** How the end of a message's body is known (RFC 9112, 6.3). */
export type Framing =
  | { kind: "none" }
  | { kind: "length"; length: number }
  | { kind: "chunked" }
  /** Of answers only: the body ends with the connection. */
  | { kind: "close" };

export const noBody: Framing = { kind: "none" };
const chunkedBody: Framing = { kind: "chunked" };
export const bodyUntilClose: Framing = { kind: "close" };

/** What a head says of its body's length. Undefined when it says nothing. Throws a `Refusal` where two readers could disagree. */
export function framingOf(fields: Fields): Framing | undefined {
  let length: number | undefined;
  let chunked = false;
  for (let index = 0; index < fields.count; index += 1) {
    const kind = fields.kind(index);
    if (kind === kinds.contentLength) {
      if (length !== undefined) throw malformed("There is more than one Content-Length.");
      length = lengthOf(fields.value(index));
    } else if (kind === kinds.transferEncoding) {
      if (chunked) throw malformed("There is more than one Transfer-Encoding.");
      if (fields.value(index).toLowerCase() !== "chunked")
        throw new Refusal(501, "The only transfer coding is chunked.");
      chunked = true;
    }
  }
  if (chunked && length !== undefined)
    throw malformed("There are both Content-Length and Transfer-Encoding.");
  if (chunked) return chunkedBody;
  return length === undefined ? undefined : { kind: "length", length };
}

/** Digits and nothing else, and a number that can be counted. */
function lengthOf(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw malformed("The Content-Length is no length.");
  return Number(value);
}

/** The names in a Connection header, lower case; undefined for the usual ones, which say nothing of other headers. */
export function connectionTokens(value: string): Set<string> | undefined {
  if (value === "keep-alive" || value === "close" || /^(keep-alive|close|upgrade)?$/i.test(value))
    return undefined;
  return new Set(value.split(",").map((token) => token.trim().toLowerCase()));
}
