import { checkHostname, covers, wildcardOf } from "../../../core/hostname";

test.each([
  ["www.example.com", "www.example.com"],
  ["  WWW.Example.com. ", "www.example.com"],
  ["*.example.com", "*.example.com"],
  ["bücher.example", "xn--bcher-kva.example"],
  ["apps.example.org", "apps.example.org"],
])("%j is the hostname %j", (text, name) => expect(checkHostname(text, "apps.example.org")).toBe(name));

test.each([
  ["localhost", "is not a hostname"],
  ["http://www.example.com", "is not a hostname"],
  ["www.example.com:80", "is not a hostname"],
  ["*.com", "is not a hostname"],
  ["*", "is not a hostname"],
  ["www.*.example.com", "is not a hostname"],
  ["a*.example.com", "is not a hostname"],
  ["-a.example.com", "is not a hostname"],
  [`${"a".repeat(64)}.example.com`, "is not a hostname"],
  [`${"a.".repeat(130)}example.com`, "is not a hostname"],
  ["www.exa mple.com", "is not a hostname"],
  ["www.example.com\n", ""],
  ["10.0.0.1", "is an address"],
  ["shop.apps.example.org", "belong to the apps of those names"],
  ["*.apps.example.org", "belong to the apps of those names"],
])("%j is refused or mended", (text, fault) => {
  if (fault === "") expect(checkHostname(text, "apps.example.org")).toBe("www.example.com");
  else expect(() => checkHostname(text, "apps.example.org")).toThrow(fault);
});

test("a wildcard stands for one label", () => {
  expect(covers("*.example.com", "www.example.com")).toBe(true);
  expect(covers("*.example.com", "example.com")).toBe(false);
  expect(covers("*.example.com", "a.b.example.com")).toBe(false);
  expect(covers("www.example.com", "www.example.com")).toBe(true);
  expect(wildcardOf("localhost")).toBeNull();
});
