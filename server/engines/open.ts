import { DockerBuildCache } from "./docker/build-cache";
import { connectDocker } from "./docker/connection";
import { DockerEngine } from "./docker/docker";
import { EngineLife } from "./docker/ends";
import { DockerImages } from "./docker/images";
import { DockerNetworks } from "./docker/networks";
import { type Patience, usualPatience } from "./docker/patience";
import type { BuildCache, Engine, Images, Networks } from "./engine";

export interface EngineParts {
  engine: Engine;
  networks: Networks;
  images: Images;
  buildCache: BuildCache;
}

/** All that a platform needs of one Docker Engine; nothing is asked of it yet. The pool is PAAS_ADDRESS_POOL. */
export function openDockerEngine(
  dockerHost: string,
  platformId: string,
  addressPool: string,
  patience: Patience = usualPatience,
): EngineParts {
  const docker = connectDocker(dockerHost, patience);
  const anew = connectDocker(dockerHost, patience, { keepAlive: false });
  return {
    engine: new DockerEngine(docker, platformId, new EngineLife(anew), patience.pulseMs),
    networks: new DockerNetworks(docker, platformId, addressPool),
    images: new DockerImages(docker, platformId),
    buildCache: new DockerBuildCache(docker),
  };
}
