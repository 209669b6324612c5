import { invalid } from "./error";

/** An IPv4 range as numbers: its first address and how many it holds. */
export interface AddressRange {
  start: number;
  size: number;
}

const octet = /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;

function parseAddress(text: string): number | undefined {
  const octets = text.split(".");
  if (octets.length !== 4 || !octets.every((part) => octet.test(part))) return undefined;
  return octets.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export const formatAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");

/** Reads `10.213.0.0/16`; host bits are cleared, a bare address is a range of one. Throws `invalid` for anything else. */
export function parseRange(text: string): AddressRange {
  const [base = "", bits = "32", ...rest] = text.split("/");
  const address = parseAddress(base);
  if (address === undefined || rest.length > 0 || !/^\d{1,2}$/.test(bits) || Number(bits) > 32)
    throw invalid(`${JSON.stringify(text)} is not an IPv4 range: write it like 10.213.0.0/16.`);
  const size = 2 ** (32 - Number(bits));
  return { start: address - (address % size), size };
}

export const rangesOverlap = (a: AddressRange, b: AddressRange): boolean =>
  a.start < b.start + b.size && b.start < a.start + a.size;

/**
 * True when a peer's address (as a socket shows it, so also `::ffff:10.213.0.2`) lies in the range.
 * The API refuses such peers: an app reaches its network's gateway, which is the host.
 */
export function inPool(address: string, pool: string): boolean {
  const value = parseAddress(address.replace(/^::ffff:/i, ""));
  const { start, size } = parseRange(pool);
  return value !== undefined && value >= start && value < start + size;
}

/** All subnets of a size that fit into a pool, in order, e.g. 1024 of /26 in a /16. */
export function subnetsOf(pool: string, bits: number): string[] {
  const { start, size } = parseRange(pool);
  const step = 2 ** (32 - bits);
  return Array.from(
    { length: Math.floor(size / step) },
    (_, index) => `${formatAddress(start + index * step)}/${bits}`,
  );
}
