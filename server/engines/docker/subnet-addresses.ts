import { formatAddress, parseRange } from "../../../core/address-pool";

/** The last quarter of an app's subnet, from which the engine itself gives addresses to one-offs. */
export function oneOffRange(subnet: string): string {
  const { start, size } = parseRange(subnet);
  return `${formatAddress(start + (size * 3) / 4)}/${34 - Math.log2(size)}`;
}

/** Addresses for the instances of a subnet, in order: all below `oneOffRange` but network and gateway (first); 46 of a /26. */
export function instanceAddresses(subnet: string): string[] {
  const { start, size } = parseRange(subnet);
  return Array.from({ length: (size * 3) / 4 - 2 }, (_, index) => formatAddress(start + index + 2));
}
