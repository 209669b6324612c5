import type Docker from "dockerode";
import { type AddressRange, formatAddress, parseRange, subnetsOf } from "../../../core/address-pool";
import { conflict, PaasError } from "../../../core/error";
import type { Networks, NetworkUsage } from "../engine";
import { appLabel, kindLabel, labelFilter, networkName, ownerLabels, platformLabel } from "../labels";
import { engineCall, engineCallUnless, engineError, statusOf } from "./errors";
import { hostRanges } from "./host-ranges";
import { oneOffRange } from "./subnet-addresses";
import { freeSubnets, subnetBits } from "./subnet-choice";

/** One bridge an app. Containers of one app reach each other; the engine's isolation rules keep apps from one another. */
export class DockerNetworks implements Networks {
  /** Two callers that want the same network at once get the same answer. */
  readonly #making = new Map<string, Promise<{ subnet: string }>>();

  constructor(
    readonly docker: Docker,
    readonly platformId: string,
    readonly pool: string,
  ) {}

  ensure(appId: string): Promise<{ subnet: string }> {
    const making = this.#making.get(appId) ?? this.#ensure(appId).finally(() => this.#making.delete(appId));
    this.#making.set(appId, making);
    return making;
  }

  async remove(appId: string): Promise<void> {
    // By id, for all there are: the engine does not keep names unique.
    for (const { Id } of await this.#find(appId)) {
      const removal = this.docker.getNetwork(Id).remove();
      await engineCallUnless("Could not remove a network", [404], removal);
    }
  }

  async ranges(): Promise<string[]> {
    const reached = (await this.#networks()).filter(({ Driver }) => !onHostsOwnNetwork.includes(Driver));
    return reached.flatMap(subnetsOfNetwork);
  }

  async usage(): Promise<NetworkUsage> {
    const own = await this.#networks(
      labelFilter({ [platformLabel]: this.platformId, [kindLabel]: "network" }),
    );
    return {
      total: subnetsOf(this.pool, subnetBits).length,
      free: freeSubnets(this.pool, await this.#used(), "").length,
      owners: own.map(({ Labels }) => Labels?.[appLabel] ?? ""),
    };
  }

  async #ensure(appId: string): Promise<{ subnet: string }> {
    const [found] = await this.#find(appId);
    const subnet = found ? subnetsOfNetwork(found).find(isIPv4Range) : undefined;
    return { subnet: subnet ?? (await this.#create(appId)) };
  }

  async #create(appId: string): Promise<string> {
    const free = freeSubnets(this.pool, await this.#used(), appId);
    for (const subnet of free) if (await this.#tryCreate(appId, subnet)) return subnet;
    const total = subnetsOf(this.pool, subnetBits).length;
    throw new PaasError(
      "unavailable",
      `All ${total} app networks of PAAS_ADDRESS_POOL ${this.pool} are taken, by apps or by other uses of this host. ` +
        "Destroy an app or configure a larger range.",
    );
  }

  /** False when someone else (another platform, a VPN) took the range since we looked. */
  async #tryCreate(appId: string, subnet: string): Promise<boolean> {
    const name = networkName(this.platformId, appId);
    const Gateway = formatAddress(parseRange(subnet).start + 1);
    try {
      await this.docker.createNetwork({
        Name: name,
        CheckDuplicate: true,
        Driver: "bridge",
        Labels: ownerLabels(this.platformId, "network", appId),
        IPAM: { Config: [{ Subnet: subnet, Gateway, IPRange: oneOffRange(subnet) }] },
      });
      return true;
    } catch (error) {
      if (statusOf(error) === 403) return false;
      if (statusOf(error) === 409)
        throw conflict(
          `The network ${name} exists already and is not this platform's. Remove it, then try again.`,
        );
      throw engineError("Could not make the app's network", error);
    }
  }

  #find(appId: string): Promise<Docker.NetworkInspectInfo[]> {
    return this.#networks(labelFilter(ownerLabels(this.platformId, "network", appId)));
  }

  #networks(filters?: { label: string[] }): Promise<Docker.NetworkInspectInfo[]> {
    const listing = this.docker.listNetworks(filters ? { filters } : {});
    return engineCall("Could not list networks", listing);
  }

  async #used(): Promise<AddressRange[]> {
    const taken = (await this.#networks()).flatMap(subnetsOfNetwork).filter(isIPv4Range);
    return [...taken.map(parseRange), ...(await hostRanges())];
  }
}

/** Their containers have addresses among the host's neighbours, whom nobody must shut out for that. */
const onHostsOwnNetwork = ["macvlan", "ipvlan"];

const subnetsOfNetwork = (network: Docker.NetworkInspectInfo): string[] =>
  (network.IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet ? [Subnet] : []));

const isIPv4Range = (range: string): boolean => !range.includes(":");
