import type Docker from "dockerode";
import { engineCall, engineCallUnless } from "./docker-errors";
import type { Images } from "./engine";
import { appLabel, labelFilter, platformLabel } from "./labels";

/** Images that builds of this platform left on the engine; the builder labels them. */
export class DockerImages implements Images {
  constructor(
    readonly docker: Docker,
    readonly platformId: string,
  ) {}

  async exists(imageId: string): Promise<boolean> {
    const inspection = this.docker.getImage(imageId).inspect();
    return (await engineCallUnless("Could not inspect an image", [404], inspection)) !== undefined;
  }

  async remove(imageRef: string): Promise<void> {
    // 409: a container still uses it.
    await engineCallUnless("Could not remove an image", [404, 409], this.docker.getImage(imageRef).remove());
  }

  async list(appId: string): Promise<string[]> {
    const filters = labelFilter({ [platformLabel]: this.platformId, [appLabel]: appId });
    const images = await engineCall("Could not list images", this.docker.listImages({ filters }));
    return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((ref) => ref !== "<none>:<none>");
  }
}
