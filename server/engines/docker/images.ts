import type Docker from "dockerode";
import type { ImageEntry } from "../../../core/garbage";
import { imageName, labels } from "../../../core/image";
import type { ForeignImage, Images } from "../engine";
import { engineCall, engineCallUnless } from "./errors";
import { describeImage, pullImage } from "./foreign-image";

/** Images that this platform named on the engine: those that builds left, and those that were promoted. */
export class DockerImages implements Images {
  constructor(
    readonly docker: Docker,
    readonly platformId: string,
  ) {}

  async exists(imageId: string): Promise<boolean> {
    const inspection = this.docker.getImage(imageId).inspect();
    return (await engineCallUnless("Could not inspect an image", [404], inspection)) !== undefined;
  }

  async tag(imageId: string, ref: string): Promise<void> {
    const [repo = "", tag = ""] = ref.split(":");
    await engineCall("Could not name an image", this.docker.getImage(imageId).tag({ repo, tag }));
  }

  async remove(imageRef: string): Promise<void> {
    // 409: a container still uses it.
    await engineCallUnless("Could not remove an image", [404, 409], this.docker.getImage(imageRef).remove());
  }

  async list(appId: string): Promise<string[]> {
    const named = `${imageName(this.platformId, appId)}:`;
    const filters = { reference: [`${named}*`] };
    const images = await engineCall("Could not list images", this.docker.listImages({ filters }));
    return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((ref) => ref.startsWith(named));
  }

  async owners(): Promise<string[]> {
    // By name, not by label: a promoted image is labelled with the app that built it.
    const named = imageName(this.platformId, "");
    const images = await engineCall("Could not list images", this.docker.listImages());
    const refs = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((ref) => ref.startsWith(named));
    return refs.map((ref) => ref.slice(named.length).split(":")[0] ?? "");
  }

  describe(ref: string): Promise<ForeignImage | null> {
    return describeImage(this.docker, ref);
  }

  pull(ref: string): Promise<void> {
    return pullImage(this.docker, ref);
  }

  async inventory(): Promise<ImageEntry[]> {
    const filters = { label: [`${labels.platform}=${this.platformId}`] };
    const [all, built] = await Promise.all([
      engineCall("Could not list images", this.docker.listImages()),
      engineCall("Could not list images", this.docker.listImages({ filters })),
    ]);
    const named = imageName(this.platformId, "");
    const nameless = built.filter(({ RepoTags }) => namesOf(RepoTags).length === 0);
    return [
      ...all.flatMap((image) =>
        namesOf(image.RepoTags)
          .filter((ref) => ref.startsWith(named))
          .map((ref) => entry(image, ref, ref.slice(named.length).split(":")[0] ?? "")),
      ),
      ...nameless.map((image) => entry(image, null, image.Labels?.[labels.app] ?? "")),
    ];
  }
}

/** Some engines call the lack of a name one. */
const namesOf = (tags: string[] | null | undefined): string[] =>
  (tags ?? []).filter((ref) => ref !== "<none>:<none>");

const entry = (image: Docker.ImageInfo, ref: string | null, appId: string): ImageEntry => ({
  ref,
  imageId: image.Id,
  appId,
  bytes: image.Size,
  createdAt: new Date(image.Created * 1000),
});
