import Docker from "dockerode";
import { labels } from "../../core/image";

/** What an engine holds of one platform, by names a person recognises. */
export async function engineThingsOf(platformId: string, docker = new Docker()): Promise<string[]> {
  const filters = { label: [`${labels.platform}=${platformId}`] };
  const [containers, networks, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listImages({ all: true, filters }),
  ]);
  return [
    ...containers.map(({ Names }) => `container ${Names[0]}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...images.map(({ Id, RepoTags }) => `image ${RepoTags?.[0] ?? Id}`),
  ];
}

/** Removes all of it: containers, then networks and images. */
export async function removeEngineThingsOf(platformId: string, docker = new Docker()): Promise<void> {
  const filters = { label: [`${labels.platform}=${platformId}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters }))
    await unlessGone(docker.getContainer(Id).remove({ force: true, v: true }));
  for (const { Id } of await docker.listNetworks({ filters }))
    await unlessGone(docker.getNetwork(Id).remove());
  for (const { Id } of await docker.listImages({ filters }))
    await unlessGone(docker.getImage(Id).remove({ force: true }));
}

async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
}
