import type { NetworkInterfaceInfo } from "node:os";
import { ContainerPeers, type ContainerSources } from "../../../server/api/peers/container-peers";

const end = (address: string, cidr: string): NetworkInterfaceInfo =>
  ({ address, cidr, family: address.includes(":") ? "IPv6" : "IPv4" }) as NetworkInterfaceInfo;
const interfaces = () => ({
  lo: [end("127.0.0.1", "127.0.0.1/8")],
  eth0: [end("192.168.1.5", "192.168.1.5/24"), end("fe80::5", "fe80::5/64")],
  "br-lan": [end("192.168.7.1", "192.168.7.1/24")],
  docker0: [end("172.17.0.1", "172.17.0.1/16"), end("fe80::1", "fe80::1/64")],
  "br-0123456789ab": [end("10.214.0.1", "10.214.0.1/26")],
});

function peersOf(sources: Partial<ContainerSources> = {}): ContainerPeers {
  return new ContainerPeers({
    addressPool: "10.213.0.0/16",
    interfaces,
    ranges: async () => [],
    now: () => 0,
    ...sources,
  });
}

test.each([
  ["127.0.0.1", false],
  ["::1", false],
  ["::ffff:127.0.0.1", false],
  ["192.168.1.77", false],
  ["192.168.7.77", false],
  ["8.8.8.8", false],
  ["172.17.0.1", false],
  ["172.17.0.2", true],
  ["::ffff:172.17.0.2", true],
  ["::FFFF:10.213.0.66", true],
  ["10.213.255.254", true],
  ["10.214.0.9", true],
  ["10.214.0.77", false],
  ["fe80::42%docker0", true],
  ["fe80::42%eth0", false],
  ["2001:db8::1", false],
])("%s is a container: %s", async (peer, expected) => {
  const peers = peersOf();
  expect(peers.has(peer)).toBe(expected);
  expect(await peers.hasNow(peer)).toBe(expected);
});

test("a network of the engine is known once the engine was asked, also one of IPv6", async () => {
  const peers = peersOf({ ranges: async () => ["172.30.0.0/24", "fd12::/64"] });
  expect(["172.30.0.2", "fd12::2"].map((peer) => peers.has(peer))).toEqual([false, false]);
  await peers.refresh();
  expect(["172.30.0.2", "::ffff:172.30.0.2", "fd12::2"].map((peer) => peers.has(peer))).toEqual([
    true,
    true,
    true,
  ]);
  expect(peers.has("172.30.1.2")).toBe(false);
});

test("somebody unknown from a private range makes it ask anew, not on every call and never for the rest", async () => {
  let asked = 0;
  let now = 0;
  const ranges = ["172.30.0.0/24"];
  const peers = peersOf({
    now: () => now,
    ranges: async () => {
      asked += 1;
      return [...ranges];
    },
  });
  for (const peer of ["127.0.0.1", "8.8.8.8", "2001:db8::1"]) await peers.hasNow(peer);
  expect(asked).toBe(0);
  expect(await peers.hasNow("172.30.0.2")).toBe(true);
  expect(await peers.hasNow("172.31.0.2")).toBe(false);
  expect(await peers.hasNow("172.31.0.2")).toBe(false);
  expect(asked).toBe(2);
  ranges.push("172.31.0.0/24");
  now = 10_000;
  expect(await peers.hasNow("172.31.0.2")).toBe(true);
  expect(asked).toBe(3);
});

test("an engine that is away takes nothing back", async () => {
  let away = false;
  const peers = peersOf({
    ranges: async () => {
      if (away) throw new Error("away");
      return ["172.30.0.0/24"];
    },
  });
  await peers.refresh();
  away = true;
  await expect(peers.refresh()).rejects.toThrow("away");
  await expect(peers.hasNow("172.31.0.2")).rejects.toThrow("away");
  expect(peers.has("172.30.0.2")).toBe(true);
});
