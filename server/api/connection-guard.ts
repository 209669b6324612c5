import type { Server } from "node:http";
import { BlockList, isIPv4, type Socket } from "node:net";
import type { NetworkInterfaceInfo } from "node:os";
import type { Logger } from "../../core/logger";

type Interfaces = Record<string, NetworkInterfaceInfo[] | undefined>;

/**
 * Destroys connections that come out of a container before a byte of them is read: the API is no business of apps and builds.
 * They come from the platform's address pool, or from a subnet of an engine's bridge (builds, other containers).
 */
export function guardConnections(
  server: Server,
  addressPool: string,
  interfaces: () => Interfaces,
  log: Logger,
): void {
  server.prependListener("connection", (socket: Socket) => {
    const peer = socket.remoteAddress;
    if (peer !== undefined && !fromContainer(peer, addressPool, interfaces)) return;
    socket.on("error", (error) => log.warn({ peer, reason: error.message }, "refused connection broke"));
    socket.destroy();
    log.warn({ peer }, "connection from a container refused");
  });
}

/** Whether a peer's address belongs to a container of this host. The host's own end of a bridge is no container. */
export function fromContainer(peer: string, addressPool: string, interfaces: () => Interfaces): boolean {
  const address = peer.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (address === "127.0.0.1" || address === "::1") return false;
  const all = interfaces();
  const own = Object.values(all).some((ends) => ends?.some((end) => end.address === address));
  return !own && containerSubnets(addressPool, all).check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

function containerSubnets(addressPool: string, interfaces: Interfaces): BlockList {
  const bridges = Object.entries(interfaces).filter(([name]) => /^(docker|br-)/.test(name));
  const cidrs = bridges.flatMap(([, ends]) => ends?.flatMap((end) => end.cidr ?? []) ?? []);
  const list = new BlockList();
  for (const cidr of [addressPool, ...cidrs]) {
    const [base = "", bits = ""] = cidr.split("/");
    list.addSubnet(base, Number(bits), isIPv4(base) ? "ipv4" : "ipv6");
  }
  return list;
}
