import {
  AddressRanges,
  plainAddress,
  readAddressRange,
  readAddressRanges,
} from "../../../core/address-ranges";

test.each([
  ["10.0.0.0/8", "10.0.0.0/8"],
  ["10.1.2.3", "10.1.2.3/32"],
  ["2001:DB8::/32", "2001:db8::/32"],
  ["::1", "::1/128"],
  ["0.0.0.0/0", "0.0.0.0/0"],
])("%s is the range %s", (text, range) => expect(readAddressRange(text)).toBe(range));

test.each([
  "",
  "10.0.0.0/33",
  "10.0.0.0/",
  "10.0.0.0/8/8",
  "10.0.0/8",
  "::/129",
  "fe80::1%eth0",
  "localhost",
  "1.2.3.4/-1",
])("%j is refused as a range", (text) =>
  expect(() => readAddressRange(text)).toThrow("is no range of addresses: write 10.0.0.0/8"),
);

test("ranges hold addresses of both kinds, and nothing else", () => {
  const ranges = new AddressRanges(readAddressRanges("10.0.0.0/8, 2001:db8::/32,192.0.2.1"));
  for (const address of ["10.255.0.1", "2001:db8:1::1", "192.0.2.1"])
    expect(ranges.includes(address)).toBe(true);
  for (const address of ["11.0.0.1", "2001:db9::1", "192.0.2.2", "", "shop"])
    expect(ranges.includes(address)).toBe(false);
  const allOfSix = new AddressRanges(["::/0"]);
  expect([allOfSix.includes("10.0.0.1"), allOfSix.includes("2001:db9::1")]).toEqual([false, true]);
  expect(new AddressRanges([]).includes("10.0.0.1")).toBe(false);
});

test.each([
  ["::ffff:1.2.3.4", "1.2.3.4"],
  ["0:0:0:0:0:FFFF:102:304", "1.2.3.4"],
  ["2001:db8::ffff:102:304", "2001:db8::ffff:102:304"],
  ["2001:db8::1", "2001:db8::1"],
  ["fe80::1%eth0", null],
  ["unknown", null],
])("the address %s is spelled %s", (text, address) => expect(plainAddress(text)).toBe(address));
