import { at, nameByte, of, underscore } from "./bytes";

/** What a field is to the router. Everything that it does not look at is `other`. */
export const kinds = {
  other: 0,
  host: 1,
  contentLength: 2,
  transferEncoding: 3,
  connection: 4,
  upgrade: 5,
  expect: 6,
  requestId: 7,
  accept: 8,
  date: 9,
  contentType: 10,
  contentEncoding: 11,
  /** Concerns one connection (RFC 9110, 7.6.1). */
  hop: 12,
  /** Never passed to an app: of one connection, or it would let a client speak in the router's name. */
  toRouter: 13,
} as const;

const names: Record<string, number> = {
  host: kinds.host,
  "content-length": kinds.contentLength,
  "transfer-encoding": kinds.transferEncoding,
  connection: kinds.connection,
  upgrade: kinds.upgrade,
  expect: kinds.expect,
  "x-request-id": kinds.requestId,
  accept: kinds.accept,
  date: kinds.date,
  "content-type": kinds.contentType,
  "content-encoding": kinds.contentEncoding,
  "keep-alive": kinds.hop,
  "proxy-connection": kinds.hop,
  "proxy-authorization": kinds.toRouter,
  te: kinds.toRouter,
  "http2-settings": kinds.toRouter,
  // httpoxy: CGI programs take it for their HTTP_PROXY.
  proxy: kinds.toRouter,
  forwarded: kinds.toRouter,
  "x-forwarded-for": kinds.toRouter,
  "x-forwarded-proto": kinds.toRouter,
  "x-forwarded-port": kinds.toRouter,
  "x-forwarded-host": kinds.toRouter,
  "x-request-start": kinds.toRouter,
};

interface KnownName {
  bytes: Buffer;
  kind: number;
}

const known: ReadonlyMap<number, KnownName> = new Map(
  Object.entries(names).map(([name, kind]) => {
    const bytes = Buffer.from(name);
    return [bytes.reduce(hashed, 0), { bytes, kind }];
  }),
);
// Two names of one hash would be a fault of this table, not of any input.
if (known.size !== Object.keys(names).length) throw new Error("two known field names have one hash");

/** The hash of a name, one byte of `nameByte` after the other, from 0 on. */
export function hashed(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

/** The kind of the name in `bytes`; `hash` is its hash. A name that only spells a known one with `_` is of its kind. */
export function kindOf(hash: number, bytes: Uint8Array, from: number, to: number): number {
  const found = known.get(hash);
  if (found === undefined || found.bytes.length !== to - from) return kinds.other;
  for (let index = 0; index < found.bytes.length; index += 1)
    if (of(nameByte, at(bytes, from + index)) !== found.bytes[index]) return kinds.other;
  return found.kind;
}

/** Whether a name has underscores, which CGI and WSGI cannot tell from dashes. */
export function hasUnderscore(bytes: Uint8Array, from: number, to: number): boolean {
  for (let offset = from; offset < to; offset += 1) if (at(bytes, offset) === underscore) return true;
  return false;
}
