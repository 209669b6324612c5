import { httpSettingNames } from "../../../core/http-setting-words";
import {
  changeHttpSettings,
  checkRedirects,
  defaultHttpState,
  httpPolicyOf,
  withinHosts,
} from "../../../core/http-settings";
import { hashPassword, isPassword } from "../../../core/password";

const words = {
  "body-limit": "50m",
  "head-limit": "8k",
  "header-limit": "64",
  "idle-timeout": "2m",
  "min-body-rate": "1k",
  connections: "20",
  rate: "600/m",
  allow: "10.0.0.0/8, 2001:DB8::/32",
  deny: "10.0.0.1",
  "canonical-host": "WWW.Example.com",
  protocol: "h2c",
  "error-page": "https://example.com/error.html",
  "maintenance-page": "http://static.localhost:8080/maintenance.html",
  redirects: "old.example.com:www.example.com,*.example.org:www.example.com",
  "instance-requests": "40",
  queue: "0",
  "queue-timeout": "5s",
  "hold-timeout": "0",
  "slow-start": "30s",
  sticky: "on",
};

test("every setting says what it says", () => {
  expect(Object.keys(words)).toEqual(httpSettingNames);
  const settings = changeHttpSettings({}, words);
  expect(httpPolicyOf({ ...defaultHttpState, settings })).toEqual({
    bodyBytes: 50 * 2 ** 20,
    headBytes: 8_192,
    headFields: 64,
    idleMs: 120_000,
    bodyRate: 1_024,
    connections: 20,
    rate: { requests: 600, perMs: 60_000 },
    allow: ["10.0.0.0/8", "2001:db8::/32"],
    deny: ["10.0.0.1/32"],
    canonicalHost: "www.example.com",
    protocol: "h2c",
    redirects: { "old.example.com": "www.example.com", "*.example.org": "www.example.com" },
    instanceRequests: 40,
    queue: 0,
    queueMs: 5_000,
    holdMs: 0,
    slowStartMs: 30_000,
    sticky: true,
  });
  const all = Object.fromEntries(httpSettingNames.map((name) => [name, null]));
  expect(changeHttpSettings(settings, all)).toEqual({});
  expect(httpPolicyOf(defaultHttpState)).toEqual({});
  expect(httpPolicyOf({ settings: {}, maintenance: true, users: { ann: "h" } })).toEqual({
    maintenance: true,
    users: { ann: "h" },
  });
});

test.each([
  ["body-limit", "50 MB", "write a size from 1 to 1024g"],
  ["body-limit", "0", "write a size"],
  ["head-limit", "32k", "write a size from 1k to 16k"],
  ["header-limit", "200", "write a whole number from 8 to 128"],
  ["idle-timeout", "2h", "write a duration from 1s to 60m"],
  ["queue-timeout", "2m", "write a duration from 1s to 1m"],
  ["hold-timeout", "0s", "write a duration from 1s to 1m"],
  ["sticky", "yes", "write on or off"],
  ["idle-timeout", "soon", "is not a duration"],
  ["connections", "-1", "write a whole number"],
  ["rate", "0/s", "is no rate: write 100/s"],
  ["rate", "100", "is no rate"],
  ["allow", "", "write from 1 to 1000 addresses"],
  ["deny", "example.com", "is no range of addresses"],
  ["canonical-host", "https://www.example.com", "is no hostname"],
  ["protocol", "h3", "is no protocol: write http1 or h2c"],
  ["redirects", "old.example.com", "is no redirect"],
  ["error-page", "ftp://example.com/", "is no address of a page"],
  ["error-page", "https://user:secret@example.com/", "is no address of a page"],
  ["bodylimit", "1m", "is no HTTP setting. There are: body-limit,"],
])("%s=%s is refused", (name, word, message) =>
  expect(() => changeHttpSettings({}, { [name]: word })).toThrow(message),
);

test("requests are sent to the app's own hostnames only, also when it has lost one", () => {
  const policy = httpPolicyOf({ ...defaultHttpState, settings: words });
  const hosts = ["www.example.com", "old.example.com", "*.example.org"];
  expect(() => checkRedirects(policy, hosts)).not.toThrow();
  expect(() => checkRedirects(policy, hosts.slice(1))).toThrow("www.example.com is no hostname of this app");
  expect(() => checkRedirects({ redirects: { "a.example.net": "www.example.com" } }, hosts)).toThrow(
    "a.example.net",
  );
  expect(withinHosts(policy, () => hosts)).toEqual(policy);
  const { canonicalHost: _, redirects: __, ...rest } = policy;
  expect(withinHosts(policy, () => ["old.example.com"])).toEqual(rest);
});

test("a password is kept as a salted hash", async () => {
  const [one, two] = await Promise.all([hashPassword("correct horse"), hashPassword("correct horse")]);
  expect(one).toMatch(/^scrypt:16384:8:1:[\w-]{22}:[\w-]{43}$/);
  expect(one).not.toBe(two);
  expect(await isPassword("correct horse", two)).toBe(true);
  expect(await isPassword("correct hors", two)).toBe(false);
  expect(await isPassword("x", "plain")).toBe(false);
});
