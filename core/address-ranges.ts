import { BlockList, isIP } from "node:net";
import { invalid } from "./error";

/** The one spelling of a range: `10.0.0.0/8`, `2001:db8::/32`; a single address is a range of one. Throws `invalid` that says the form. */
export function readAddressRange(text: string): string {
  const [address = "", bits, ...more] = text.split("/");
  const version = text.includes("%") ? 0 : isIP(address);
  const most = version === 4 ? 32 : 128;
  const length = bits === undefined ? most : Number(/^\d{1,3}$/.test(bits) ? bits : Number.NaN);
  if (version === 0 || more.length > 0 || !(length <= most))
    throw invalid(
      `${JSON.stringify(text.slice(0, 50))} is no range of addresses: write 10.0.0.0/8, 2001:db8::/32 or one address.`,
    );
  return `${address.toLowerCase()}/${length}`;
}

/** Ranges separated by commas; throws `invalid` for the first that is none. */
export const readAddressRanges = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(readAddressRange);

/** Ranges of IPv4 and IPv6 addresses, as `readAddressRange` spells them. */
export class AddressRanges {
  readonly isEmpty: boolean;
  readonly #list = new BlockList();

  constructor(ranges: readonly string[]) {
    this.isEmpty = ranges.length === 0;
    for (const range of ranges) {
      const [address = "", bits] = range.split("/");
      this.#list.addSubnet(address, Number(bits), familyOf(address));
    }
  }

  /** False for what is no address. */
  includes(address: string): boolean {
    return !this.isEmpty && isIP(address) !== 0 && this.#list.check(address, familyOf(address));
  }
}

/** An address in its one spelling: an IPv4 client of an IPv6 socket in its own form; null for what is none, and for one of a single link. */
export function plainAddress(text: string): string | null {
  const address = text.replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(address) === 0 || address.includes("%") ? null : address;
}

const familyOf = (address: string): "ipv4" | "ipv6" => (address.includes(":") ? "ipv6" : "ipv4");
