import { AddressRanges } from "../../../core/address-ranges";
import { defaultHeadLimits } from "../../../router/http1/head";
import { RequestHead } from "../../../router/http1/request-head";
import { Peer } from "../../../router/peer";
import { RequestIds } from "../../../router/request-ids";
import { Rig } from "../../support/router-rig/rig";
import { target } from "../../support/router-rig/target";

const proxies = new AddressRanges(["10.0.0.0/8", "2001:db8::/32"]);
const told = (address: string, ...lines: string[]) => {
  const head = new RequestHead(defaultHeadLimits);
  const text = Buffer.from(["GET / HTTP/1.1", "Host: a.b", ...lines, "", ""].join("\r\n"));
  head.read(text, 0, text.length);
  return new Peer(
    { scheme: "http", address, port: 8080 },
    { proxies, requestIds: new RequestIds() },
  ).originOf(head);
};
const everything = [
  "X-Forwarded-For: 1.1.1.1",
  "X-Forwarded-Proto: https",
  "X-Forwarded-Host: www.b",
  "X-Request-Id: chosen-by-a-client-1",
  "X-Request-Start: 1700000000000",
];

test("what a client says of itself counts for nothing", () => {
  const origin = told("6.6.6.6", ...everything);
  expect(origin).toMatchObject({ address: "6.6.6.6", scheme: "http", host: undefined, start: undefined });
  expect(origin.requestId).not.toBe("chosen-by-a-client-1");
  expect(origin.lines).toBe(
    "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 8080\r\n",
  );
});

test("what a trusted proxy says of its client counts", () => {
  expect(told("10.0.0.1", ...everything)).toEqual({
    address: "1.1.1.1",
    scheme: "https",
    host: "www.b",
    start: "1700000000000",
    requestId: "chosen-by-a-client-1",
    lines: "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 443\r\n",
  });
});

test.each([
  ["the newest entry", ["X-Forwarded-For: 6.6.6.6, 1.1.1.1"], "1.1.1.1"],
  ["the newest that is no proxy", ["X-Forwarded-For: 6.6.6.6, 1.1.1.1, 10.0.0.2, 10.0.0.3"], "1.1.1.1"],
  [
    "over several lines",
    ["X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 10.0.0.2"],
    "1.1.1.1",
  ],
  ["with a port", ["X-Forwarded-For: 1.1.1.1:5000"], "1.1.1.1"],
  ["IPv6 through IPv6", ["X-Forwarded-For: 6.6.6.6, [2001:db9::1]:443, 2001:db8::7"], "2001:db9::1"],
  ["the outermost proxy, if nothing else is told", ["X-Forwarded-For: 10.0.0.2"], "10.0.0.2"],
  ["none behind what is no address", ["X-Forwarded-For: 1.1.1.1, unknown, 10.0.0.2"], "10.0.0.2"],
  ["none in a spelling with underscores", ["X_Forwarded_For: 1.1.1.1"], "10.0.0.1"],
  ["the proxy itself, if it says nothing", [], "10.0.0.1"],
])("the client of a trusted proxy is %s", (_, lines, address) =>
  expect(told("10.0.0.1", ...lines).address).toBe(address),
);

test("what a trusted proxy passes on malformed is left away", () => {
  const origin = told(
    "10.0.0.1",
    "X-Forwarded-Proto: gopher",
    "X-Forwarded-Port: 99999",
    "X-Forwarded-Host: a b",
    "X-Request-Start: now",
    "X-Request-Id: short",
  );
  expect(origin).toMatchObject({ scheme: "http", host: undefined, start: undefined });
  expect(origin.lines).toContain("X-Forwarded-Port: 8080\r\n");
  expect(origin.requestId).toHaveLength(36);
});

test("the app and the access line get the client of a trusted proxy", async () => {
  const router = await new Rig({ proxies: ["127.0.0.0/8"] }).listen();
  try {
    const port = await router.app((request, response) => response.end(JSON.stringify(request.headers)));
    router.route([target("i1", port)]);
    const text = await router.get("/", {
      "X-Forwarded-For": "6.6.6.6, 203.0.113.9",
      "X-Forwarded-Proto": "https",
      Forwarded: "for=6.6.6.6",
    });
    const headers = JSON.parse(text.split("\r\n\r\n")[1] ?? "");
    expect(headers).toMatchObject({
      "x-forwarded-for": "203.0.113.9",
      "x-forwarded-proto": "https",
      "x-forwarded-port": "443",
    });
    expect(headers).not.toHaveProperty("forwarded");
    expect(await router.line()).toContain('fwd="203.0.113.9"');
  } finally {
    await router.close();
  }
});
