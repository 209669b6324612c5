import { AppCgroup } from "./docker/app-cgroup";
import { DockerBuildCache } from "./docker/build-cache";
import { connectDocker } from "./docker/connection";
import { type CreateContainer, creatingIn } from "./docker/create";
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

export interface EngineOptions {
  patience?: Patience;
  /** Control group for all containers of apps, where that helps; else the engine's own choice. */
  appCgroup?: string;
}

/** All that a platform needs of one Docker Engine; nothing is asked of it yet. The pool is PAAS_ADDRESS_POOL. */
export function openDockerEngine(
  dockerHost: string,
  platformId: string,
  addressPool: string,
  { patience = usualPatience, appCgroup }: EngineOptions = {},
): EngineParts {
  const docker = connectDocker(dockerHost, patience);
  const anew = connectDocker(dockerHost, patience, { keepAlive: false });
  const create: CreateContainer =
    appCgroup === undefined
      ? (options) => docker.createContainer(options)
      : creatingIn(
          docker,
          new AppCgroup({ docker, dockerHost, path: appCgroup, uid: process.getuid?.() ?? -1 }),
        );
  return {
    engine: new DockerEngine(docker, platformId, create, new EngineLife(anew), patience.pulseMs),
    networks: new DockerNetworks(docker, platformId, addressPool),
    images: new DockerImages(docker, platformId),
    buildCache: new DockerBuildCache(docker),
  };
}
