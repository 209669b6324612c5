import { setTimeout as delay } from "node:timers/promises";
import { DnsLookup } from "../../server/acme/dns-lookup";
import { freePorts } from "../support/free-port";
import { NameServer } from "../support/name-server";

jest.setTimeout(60_000);
const addresses = ["127.0.61.1", "127.0.61.2"] as const;
const zone = [
  "@ NS ns1",
  "@ NS ns2",
  `ns1 A ${addresses[0]}`,
  `ns2 A ${addresses[1]}`,
  "_acme-challenge.moved CNAME shop.proofs",
];
const record = { name: "_acme-challenge.www.zone.test", value: "the-value" };
const withValue = (...values: string[]) => [
  ...zone,
  ...values.map((value) => `_acme-challenge.www TXT "${value}"`),
];
let servers: NameServer[];
let lookup: DnsLookup;
/** What happens while a look waits for the next one. */
let onPause: () => void;

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  servers = addresses.map((address) => new NameServer("zone.test", address, port));
  await Promise.all(servers.map((server) => server.start(zone)));
  lookup = new DnsLookup({
    dnsServer: `${addresses[0]}:${port}`,
    authorityPort: port,
    waitMs: 20_000,
    now: Date.now,
    pause: async () => {
      onPause();
      await delay(50);
    },
  });
}, 120_000);
afterAll(async () => {
  for (const server of servers ?? []) await server.stop();
});

test("a challenge's name is followed where CNAMEs lead", async () => {
  expect(await lookup.canonicalName("_acme-challenge.moved.zone.test")).toBe("shop.proofs.zone.test");
  expect(await lookup.canonicalName(record.name)).toBe(record.name);
});

test("a record counts when every server of its zone has it, or the one that is there", async () => {
  let looks = 0;
  const [first, second] = servers;
  onPause = () => {
    looks += 1;
    // The server that is asked for everything else has it long before the other one.
    if (looks === 1) first?.serve(withValue("other", record.value));
    if (looks === 40) second?.serve(withValue(record.value));
  };
  await lookup.untilSeen(record);
  expect(looks).toBeGreaterThanOrEqual(40);

  await second?.stop();
  await lookup.untilSeen(record);
});

test("what is there instead is told when its time is over", async () => {
  let now = 0;
  const [first] = servers;
  const hurried = new DnsLookup({
    dnsServer: `${first?.address}:${first?.port}`,
    authorityPort: first?.port ?? 0,
    waitMs: 120_000,
    now: () => now,
    pause: async (ms) => {
      now += ms;
    },
  });
  await expect(hurried.untilSeen({ ...record, value: "another" })).rejects.toThrow(
    `its TXT record ${record.name} has other values (2) at ${first?.address}:${first?.port} after 120 s`,
  );
  await expect(hurried.untilSeen({ ...record, name: "none.zone.test" })).rejects.toThrow(/has no value at/);
});
