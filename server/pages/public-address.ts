import { AddressRanges, plainAddress } from "../../core/address-ranges";

/** What is not the public internet (IANA's special-purpose registries): this host, its networks, its neighbours, and ways around to them. */
const special = new AddressRanges([
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"],
  ...[
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/96",

    "64:ff9b::/96",
    "64:ff9b:1::/48",
  ],
  ...[
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
  ],
]);

/** Whether an address is anybody's to reach, so that asking it for something gives nobody more than he has. */
export function isPublicAddress(text: string): boolean {
  const address = plainAddress(text);
  return address !== null && !special.includes(address);
}
