import { formatAddress, inPool, parseRange, rangesOverlap, subnetsOf } from "../../../core/address-pool";

test("a pool holds its addresses, also as a dual-stack socket writes them, and no others", () => {
  const pool = "10.213.0.0/16";
  const inside = ["10.213.0.0", "10.213.255.255", "::ffff:10.213.4.5", "::FFFF:10.213.4.5"];
  const outside = [
    "10.212.255.255",
    "10.214.0.0",
    "127.0.0.1",
    "::1",
    "",
    "10.213.1",
    "10.213.0.256",
    "2001:db8::10.213.0.1",
  ];
  expect(inside.filter((address) => inPool(address, pool))).toEqual(inside);
  expect(outside.filter((address) => inPool(address, pool))).toEqual([]);
});

test.each(["", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/8/9", "a.b.c.d/8", "010.0.0.1/8", "10.0.0.0/x"])(
  "%j is no range",
  (text) => expect(() => parseRange(text)).toThrow("is not an IPv4 range"),
);

test("host bits are cleared, and the top of the address space works", () => {
  expect(parseRange("10.1.2.3/8")).toEqual(parseRange("10.0.0.0/8"));
  expect(parseRange("1.2.3.4").size).toBe(1);
  expect(formatAddress(parseRange("255.255.255.255/32").start)).toBe("255.255.255.255");
});

test("ranges overlap when they share an address", () => {
  const overlap = (a: string, b: string) => rangesOverlap(parseRange(a), parseRange(b));
  expect([overlap("10.0.0.0/8", "10.213.0.0/26"), overlap("10.213.0.0/26", "10.213.0.64/26")]).toEqual([
    true,
    false,
  ]);
});

test("a /16 has 1024 subnets of /26", () => {
  const subnets = subnetsOf("10.213.0.0/16", 26);
  expect([subnets.length, subnets[0], subnets[1], subnets.at(-1)]).toEqual([
    1024,
    "10.213.0.0/26",
    "10.213.0.64/26",
    "10.213.255.192/26",
  ]);
  expect(subnetsOf("10.0.0.0/27", 26)).toEqual([]);
});
