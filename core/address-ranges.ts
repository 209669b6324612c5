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

const mostKnown = 10_000;

/** Ranges of IPv4 and IPv6 addresses, as `readAddressRange` spells them. */
export class AddressRanges {
  readonly isEmpty: boolean;
  /** Apart: one list takes an IPv4 address for the IPv6 one that maps it, and so for a part of ::/0. */
  readonly #lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  /** What was asked lately: a look at the lists takes microseconds. */
  readonly #known = new Map<string, boolean>();

  constructor(ranges: readonly string[]) {
    this.isEmpty = ranges.length === 0;
    for (const range of ranges) {
      const [address = "", bits] = range.split("/");
      const family = familyOf(address);
      this.#lists[family].addSubnet(address, Number(bits), family);
    }
  }

  /** False for what is no address. */
  includes(address: string): boolean {
    if (this.isEmpty) return false;
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const family = familyOf(address);
    const isIncluded = isIP(address) !== 0 && this.#lists[family].check(address, family);
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(address, isIncluded);
    return isIncluded;
  }
}

/** An address, an IPv4 one that IPv6 maps in its own form; null for what is none, and for one of a single link. */
export function plainAddress(text: string): string | null {
  if (isIP(text) === 0 || text.includes("%")) return null;
  if (!/ffff/i.test(text)) return text;
  const spelled = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(spelled) ?? [];
  if (high === undefined || low === undefined) return text;
  const parts = [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255]);
  return parts.join(".");
}

const familyOf = (address: string): "ipv4" | "ipv6" => (address.includes(":") ? "ipv6" : "ipv4");
