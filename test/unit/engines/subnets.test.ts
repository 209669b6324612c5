import { parseRange } from "../../../core/address-pool";
import { routeRanges } from "../../../server/engines/docker/host-ranges";
import { instanceAddresses, oneOffRange } from "../../../server/engines/docker/subnet-addresses";
import { freeSubnets } from "../../../server/engines/docker/subnet-choice";

test("instances and one-offs share a subnet without meeting", () => {
  const addresses = instanceAddresses("10.213.0.64/26");
  expect([addresses.length, addresses[0], addresses.at(-1)]).toEqual([46, "10.213.0.66", "10.213.0.111"]);
  expect(oneOffRange("10.213.0.64/26")).toBe("10.213.0.112/28");
});

test("used ranges are skipped, and each app begins elsewhere", () => {
  const free = (used: string[], app: string) => freeSubnets("10.213.0.0/24", used.map(parseRange), app);
  expect(free([], "a").sort()).toEqual([
    "10.213.0.0/26",
    "10.213.0.128/26",
    "10.213.0.192/26",
    "10.213.0.64/26",
  ]);
  expect(free(["10.213.0.0/25", "10.213.0.200/32"], "a")).toEqual(["10.213.0.128/26"]);
  expect(free(["10.0.0.0/8"], "a")).toEqual([]);
  expect(new Set(["a", "b", "c", "d", "e", "f"].map((app) => free([], app)[0])).size).toBeGreaterThan(1);
});

test("routes of the kernel are read, the default route is none", () => {
  const table = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
    "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    "tun0\t0100000A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0",
    "",
  ].join("\n");
  expect(routeRanges(table)).toEqual(["172.17.0.0/16", "192.0.2.0/24", "10.0.0.1/32"].map(parseRange));
  expect(routeRanges("")).toEqual([]);
});
