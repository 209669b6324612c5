import { applyTlsWords, defaultTlsPolicy, hstsHeader, tlsWords } from "../../../core/tls-policy";

test.each([
  ["off", null],
  ["180d", "max-age=15552000"],
  ["1d,subdomains", "max-age=86400; includeSubDomains"],
  ["730d,subdomains,preload", "max-age=63072000; includeSubDomains; preload"],
])("HSTS %s is sent as %j, and written the same way", (word, header) => {
  const policy = applyTlsWords(defaultTlsPolicy, { hsts: word });
  expect(policy.hsts && hstsHeader(policy.hsts)).toBe(header);
  expect(tlsWords(policy)).toEqual({ redirect: "on", hsts: word });
});

test.each(["on", "180", "0d", "4000d", "180d,", "180d,all", "30d,preload", "730d,preload", ""])(
  "HSTS %j is refused",
  (word) => expect(() => applyTlsWords(defaultTlsPolicy, { hsts: word })).toThrow(/write|want/),
);

test("what is absent stays", () => {
  const policy = applyTlsWords(defaultTlsPolicy, { redirect: "off", hsts: "2d" });
  expect(applyTlsWords(policy, {})).toEqual(policy);
  expect(() => applyTlsWords(policy, { redirect: "yes" })).toThrow("write on or off");
});
