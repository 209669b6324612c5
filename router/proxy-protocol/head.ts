import { isIPv4, isIPv6 } from "node:net";
import { plainAddress } from "../../core/address-ranges";

/** Whom a connection came from, and to which port, as a load balancer tells it. */
export interface Source {
  address: string;
  port: number;
}

/** `null`: the balancer speaks for itself, as in its own health checks, or does not know. */
export type ProxyHead = { kind: "partial" } | { kind: "whole"; length: number; source: Source | null };

/** What begins like a PROXY head and is none, or something else where one must be. */
export class ProxyHeadFault extends Error {
  override readonly name = "ProxyHeadFault";
}

const partial: ProxyHead = { kind: "partial" };
const start1 = Buffer.from("PROXY ");
const start2 = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
/** Of version 1, with its CRLF. */
const longest1 = 107;
/** Of version 2: signature, version and command, family, length. */
const fixed2 = 16;
/** What may follow in version 2: addresses, and what a balancer adds to them. */
const longest2 = 4_096;

/**
 * Reads the head of the PROXY protocol, version 1 or 2, with which `bytes` begin (haproxy.org/download/2.9/doc/proxy-protocol.txt).
 * Throws a `ProxyHeadFault` at the first byte that no such head has there.
 */
export function readProxyHead(bytes: Buffer): ProxyHead {
  if (beginsLike(bytes, start1)) return bytes.length < start1.length ? partial : read1(bytes);
  if (beginsLike(bytes, start2)) return bytes.length < fixed2 ? checked2(bytes) : read2(bytes);
  throw new ProxyHeadFault("no PROXY head");
}

const beginsLike = (bytes: Buffer, start: Buffer): boolean => {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
};

function read1(bytes: Buffer): ProxyHead {
  const end = bytes.subarray(0, longest1).indexOf("\r\n");
  if (end < 0) {
    if (bytes.length >= longest1) throw new ProxyHeadFault("a PROXY line without end");
    return partial;
  }
  const [, family, ...words] = bytes.toString("latin1", 0, end).split(" ");
  return { kind: "whole", length: end + 2, source: family === "UNKNOWN" ? null : source1(family, words) };
}

function source1(family: string | undefined, words: readonly string[]): Source {
  const [from = "", to = "", fromPort = "", toPort = "", ...more] = words;
  const isAddress = family === "TCP4" ? isIPv4 : family === "TCP6" ? isPlainIPv6 : () => false;
  const isPort = (word: string) => /^(0|[1-9]\d{0,4})$/.test(word) && Number(word) <= 65_535;
  if (more.length > 0 || ![from, to].every(isAddress) || ![fromPort, toPort].every(isPort))
    throw new ProxyHeadFault("a PROXY line that says no addresses");
  return { address: plainAddress(from) ?? from, port: Number(toPort) };
}

const isPlainIPv6 = (word: string): boolean => isIPv6(word) && !word.includes("%");

/** What is there of the fixed part must be right, too. */
function checked2(bytes: Buffer): ProxyHead {
  const version = bytes[12];
  if (version !== undefined && version !== 0x20 && version !== 0x21)
    throw new ProxyHeadFault("a PROXY head of another version");
  return partial;
}

function read2(bytes: Buffer): ProxyHead {
  checked2(bytes);
  const length = bytes.readUInt16BE(14);
  if (length > longest2) throw new ProxyHeadFault("a PROXY head that is too long");
  const isProxied = bytes[12] === 0x21;
  const family = bytes[13] ?? 0;
  if (isProxied && addressBytes(family) > length) throw new ProxyHeadFault("a PROXY head without addresses");
  if (bytes.length < fixed2 + length) return partial;
  return { kind: "whole", length: fixed2 + length, source: isProxied ? source2(bytes, family) : null };
}

/** How long both addresses and ports are. TCP over IPv4 or IPv6, or unknown: nothing else can have come to an HTTP port. */
function addressBytes(family: number): number {
  if (family === 0x11) return 12;
  if (family === 0x21) return 36;
  if (family === 0x00) return 0;
  throw new ProxyHeadFault("a PROXY head of a family that cannot be");
}

function source2(bytes: Buffer, family: number): Source | null {
  if (family === 0x00) return null;
  if (family === 0x11) return { address: dotted(bytes, fixed2), port: bytes.readUInt16BE(fixed2 + 10) };
  const port = bytes.readUInt16BE(fixed2 + 34);
  const isMapped = bytes.compare(mapped, 0, mapped.length, fixed2, fixed2 + mapped.length) === 0;
  if (isMapped) return { address: dotted(bytes, fixed2 + mapped.length), port };
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(fixed2 + 2 * index).toString(16));
  return { address: groups.join(":"), port };
}

const mapped = Buffer.from("00000000000000000000ffff", "hex");
const dotted = (bytes: Buffer, from: number): string => [...bytes.subarray(from, from + 4)].join(".");
