import { BlockList, isIPv4 } from "node:net";
import type { NetworkInterfaceInfo } from "node:os";

export interface ContainerSources {
  /** CIDR; see the setting PAAS_ADDRESS_POOL. */
  addressPool: string;
  /** Of this host, as `os.networkInterfaces` tells. */
  interfaces(): Record<string, NetworkInterfaceInfo[] | undefined>;
  /** CIDRs of the engine's networks, see `Networks.ranges`; may reject while the engine is away. */
  ranges(): Promise<string[]>;
  now(): number;
}

const rememberMs = 10_000;
const mostStrangers = 1_000;

/**
 * Knows which addresses are containers': those of the platform's pool and of the engine's bridges (builds, others' containers).
 * The host's interfaces are looked at for every address, so that a bridge made this moment counts at once. A bridge with a name of its
 * own is known from the engine, which is asked again whenever somebody unknown calls from a private range.
 */
export class ContainerPeers {
  #engineRanges: string[] = [];
  #lastReading: Promise<void> = Promise.resolve();
  /** Private addresses that were no container's, and when that was asked. */
  readonly #strangers = new Map<string, number>();

  constructor(readonly sources: ContainerSources) {}

  /** Asks the engine for its networks; keeps what is known when that fails, and rejects. One at a time. */
  refresh(): Promise<void> {
    const reading = this.#lastReading.then(async () => {
      this.#engineRanges = await this.sources.ranges();
    });
    this.#lastReading = reading.catch(() => undefined);
    return reading;
  }

  /** Whether an address, as a socket shows it, is a container's as far as is known now. The host's own end of a bridge is no container. */
  has(peer: string): boolean {
    const { address, zone } = parse(peer);
    if (isLoopback(address)) return false;
    const all = this.sources.interfaces();
    if (zone !== undefined) return isBridge(zone);
    if (Object.values(all).some((ends) => ends?.some((end) => end.address === address))) return false;
    const bridges = Object.entries(all).filter(([name]) => isBridge(name));
    const cidrs = bridges.flatMap(([, ends]) => ends?.flatMap((end) => end.cidr ?? []) ?? []);
    return inAny(address, [this.sources.addressPool, ...this.#engineRanges, ...cidrs]);
  }

  /** The same after asking the engine once more, unless this very address was asked for a moment ago or cannot be a container's. */
  async hasNow(peer: string): Promise<boolean> {
    const { address } = parse(peer);
    if (isLoopback(address) || !inAny(address, privateRanges) || this.#isKnownStranger(address))
      return this.has(peer);
    await this.refresh();
    if (this.has(peer)) return true;
    if (this.#strangers.size >= mostStrangers) this.#strangers.clear();
    this.#strangers.set(address, this.sources.now());
    return false;
  }

  #isKnownStranger(address: string): boolean {
    const asked = this.#strangers.get(address);
    return asked !== undefined && this.sources.now() - asked < rememberMs;
  }
}

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];

/** As the engine names them; `br-lan` may well be the administrator's. */
const isBridge = (name: string): boolean => /^(docker0|docker_gwbridge|br-[0-9a-f]{12})$/.test(name);
const isLoopback = (address: string): boolean => address.startsWith("127.") || address === "::1";

/** Without the prefix that an IPv4 address has on an IPv6 socket; a link-local one names its interface. */
function parse(peer: string): { address: string; zone: string | undefined } {
  const [address = "", zone] = peer.replace(/^::ffff:(?=\d+\.)/i, "").split("%");
  return { address, zone };
}

function inAny(address: string, cidrs: string[]): boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [base = "", bits = ""] = cidr.split("/");
    list.addSubnet(base, Number(bits), isIPv4(base) ? "ipv4" : "ipv6");
  }
  return list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}
