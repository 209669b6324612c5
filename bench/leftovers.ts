import { connectDocker } from "./docker";

/**
 * Removes every container, network and image of one platform. `paas destroy` answers before the engine is done with an app, and a bench
 * that failed half-way destroys nothing at all.
 */
export async function removeLeftovers(platformId: string, env: NodeJS.ProcessEnv): Promise<void> {
  const docker = connectDocker(env);
  const filters = { label: [`paas.platform=${platformId}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters }))
    await docker.getContainer(Id).remove({ force: true, v: true });
  for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
  for (const { Id } of await docker.listImages({ all: true, filters }))
    await docker.getImage(Id).remove({ force: true });
}
