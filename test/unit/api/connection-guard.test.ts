import type { NetworkInterfaceInfo } from "node:os";
import { fromContainer } from "../../../server/api/connection-guard";

const end = (address: string, cidr: string): NetworkInterfaceInfo =>
  ({ address, cidr, family: address.includes(":") ? "IPv6" : "IPv4" }) as NetworkInterfaceInfo;
const interfaces = () => ({
  lo: [end("127.0.0.1", "127.0.0.1/8")],
  eth0: [end("192.168.1.5", "192.168.1.5/24")],
  docker0: [end("172.17.0.1", "172.17.0.1/16"), end("fe80::1", "fe80::1/64")],
  "br-0123456789ab": [end("10.214.0.1", "10.214.0.1/26")],
});

test.each([
  ["127.0.0.1", false],
  ["::1", false],
  ["::ffff:127.0.0.1", false],
  ["192.168.1.77", false],
  ["8.8.8.8", false],
  ["172.17.0.1", false],
  ["172.17.0.2", true],
  ["::ffff:172.17.0.2", true],
  ["::FFFF:10.213.0.66", true],
  ["10.213.255.254", true],
  ["10.214.0.9", true],
  ["10.214.0.77", false],
  ["fe80::42%docker0", true],
  ["2001:db8::1", false],
])("%s comes out of a container: %s", (peer, expected) => {
  expect(fromContainer(peer, "10.213.0.0/16", interfaces)).toBe(expected);
});
