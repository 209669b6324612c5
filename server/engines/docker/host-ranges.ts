import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { type AddressRange, formatAddress, parseRange } from "../../../core/address-pool";

/** IPv4 ranges that this host routes or has an address in; the default route is none. A platform without /proc tells its addresses only. */
export async function hostRanges(): Promise<AddressRange[]> {
  const routes = await readFile("/proc/net/route", "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const own = addresses.flatMap(({ family, cidr }) => (family === "IPv4" && cidr ? [parseRange(cidr)] : []));
  return [...routeRanges(routes), ...own];
}

/** Reads the text of `/proc/net/route`: little-endian hex destination (2nd column) and mask (8th). */
export function routeRanges(table: string): AddressRange[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, destination, , , , , , mask] = line.split(/\s+/);
      if (!destination || !mask || mask === "00000000") return [];
      const size = 2 ** 32 - fromLittleEndian(mask);
      return [parseRange(`${formatAddress(fromLittleEndian(destination))}/${32 - Math.log2(size)}`)];
    });
}

const fromLittleEndian = (hex: string): number => Buffer.from(hex, "hex").readUInt32LE(0);
