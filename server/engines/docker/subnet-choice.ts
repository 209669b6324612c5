import { createHash } from "node:crypto";
import { type AddressRange, parseRange, rangesOverlap, subnetsOf } from "../../../core/address-pool";

/** Bits of an app's subnet. */
export const subnetBits = 26;

/**
 * The pool's free subnets in the order in which an app tries them. Each app begins at a place of its own: two platforms on one pool seldom
 * meet, and a subnet just freed is not at once another app's.
 */
export function freeSubnets(pool: string, used: AddressRange[], appId: string): string[] {
  const all = subnetsOf(pool, subnetBits);
  const first = createHash("sha256").update(appId).digest().readUInt32BE(0) % all.length;
  const ordered = [...all.slice(first), ...all.slice(0, first)];
  return ordered.filter((subnet) => !used.some((range) => rangesOverlap(range, parseRange(subnet))));
}
