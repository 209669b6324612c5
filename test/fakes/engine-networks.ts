import { parseRange, subnetsOf } from "../../core/address-pool";
import { conflict, notFound, PaasError } from "../../core/error";
import type { ImageEntry } from "../../core/garbage";
import { imageName } from "../../core/image";
import { freeSubnets, subnetBits } from "../../server/engines/docker/subnet-choice";
import type { ForeignImage, Images, Networks, NetworkUsage } from "../../server/engines/engine";
import type { FakeWorld } from "./engine-world";

/** Networks of the fake's world. */
export class FakeNetworks implements Networks {
  constructor(
    readonly platformId: string,
    readonly world: FakeWorld,
    readonly pool = "10.213.0.0/16",
  ) {}

  async ensure(appId: string): Promise<{ subnet: string }> {
    const key = `${this.platformId}/${appId}`;
    const used = [...this.world.networks.values()].map(parseRange);
    const subnet = this.world.networks.get(key) ?? freeSubnets(this.pool, used, appId)[0];
    if (subnet === undefined)
      throw new PaasError(
        "unavailable",
        `All ${subnetsOf(this.pool, subnetBits).length} app networks are taken.`,
      );
    this.world.networks.set(key, subnet);
    return { subnet };
  }

  async remove(appId: string): Promise<void> {
    const attached = [...this.world.containers].some(
      (container) =>
        container.platformId === this.platformId &&
        container.appId === appId &&
        container.state === "running",
    );
    if (attached) throw conflict("The app's network is still in use.");
    this.world.networks.delete(`${this.platformId}/${appId}`);
  }

  async usage(): Promise<NetworkUsage> {
    const used = [...this.world.networks.values()].map(parseRange);
    const own = [...this.world.networks.keys()].filter((key) => key.startsWith(`${this.platformId}/`));
    return {
      total: subnetsOf(this.pool, subnetBits).length,
      free: freeSubnets(this.pool, used, "").length,
      owners: own.map((key) => key.slice(this.platformId.length + 1)),
    };
  }

  async ranges(): Promise<string[]> {
    return [...this.world.networks.values()];
  }
}

/** Images of the fake's world. */
export class FakeImages implements Images {
  constructor(
    readonly platformId: string,
    readonly world: FakeWorld,
  ) {}

  async exists(imageId: string): Promise<boolean> {
    return this.world.images.has(imageId);
  }

  async tag(imageId: string, ref: string): Promise<void> {
    if (!this.world.images.has(imageId)) throw notFound("The image is gone.");
    this.world.tags.set(ref, imageId);
  }

  async remove(name: string): Promise<void> {
    this.world.tags.delete(name);
    for (const [id, { ref }] of this.world.images) if (ref === name) this.world.images.delete(id);
  }

  async list(appId: string): Promise<string[]> {
    const named = `${imageName(this.platformId, appId)}:`;
    const built = [...this.world.images.values()]
      .filter((image) => image.platformId === this.platformId && image.appId === appId)
      .map(({ ref }) => ref);
    return [...built, ...[...this.world.tags.keys()].filter((ref) => ref.startsWith(named))];
  }

  async owners(): Promise<string[]> {
    const built = [...this.world.images.values()].filter((image) => image.platformId === this.platformId);
    const named = imageName(this.platformId, "");
    const tagged = [...this.world.tags.keys()].filter((ref) => ref.startsWith(named));
    return [
      ...built.map(({ appId }) => appId),
      ...tagged.map((ref) => ref.slice(named.length).split(":")[0] ?? ""),
    ];
  }

  async describe(ref: string): Promise<ForeignImage | null> {
    const found = [...this.world.images].find(([id, image]) => id === ref || image.ref === ref);
    return found
      ? { id: found[0], labels: {}, exposed: [], hasCommand: true, bytes: 0, healthChecks: [] }
      : null;
  }

  async pull(ref: string): Promise<void> {
    throw new PaasError("unavailable", `Could not pull ${ref}: there is no registry.`);
  }

  async inventory(): Promise<ImageEntry[]> {
    const built = [...this.world.images].filter(([, image]) => image.platformId === this.platformId);
    const entry = (imageId: string, ref: string, appId: string): ImageEntry => ({
      ref,
      imageId,
      appId,
      bytes: 0,
      createdAt: new Date(0),
    });
    const prefix = imageName(this.platformId, "");
    const tagged = [...this.world.tags].filter(([ref]) => ref.startsWith(prefix));
    return [
      ...built.map(([id, { ref, appId }]) => entry(id, ref, appId)),
      ...tagged.map(([ref, id]) => entry(id, ref, ref.slice(prefix.length).split(":")[0] ?? "")),
    ];
  }
}
