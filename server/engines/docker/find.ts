import type Docker from "dockerode";
import { instanceLabel, labelFilter, platformLabel } from "../labels";
import { engineCall, engineCallUnless } from "./errors";

/** A container as a list call shows it. */
export type ListedContainer = Docker.ContainerInfo;

/** Containers of the platform in any state that carry the labels. */
export const listContainers = (docker: Docker, labels: Record<string, string>): Promise<ListedContainer[]> =>
  engineCall("Could not list containers", docker.listContainers({ all: true, filters: labelFilter(labels) }));

/** The containers of one instance or one-off: one, save after a crash between two names of an app. */
export const findContainers = (
  docker: Docker,
  platformId: string,
  instanceId: string,
): Promise<ListedContainer[]> =>
  listContainers(docker, { [platformLabel]: platformId, [instanceLabel]: instanceId });

/** Like findContainers, but at most one, and a container's name does as well; undefined when gone or another platform's. */
export async function findContainer(
  docker: Docker,
  platformId: string,
  nameOrId: string,
): Promise<string | undefined> {
  const [found] = await findContainers(docker, platformId, nameOrId);
  if (found) return found.Id;
  const named = await engineCallUnless(
    `Could not inspect ${nameOrId}`,
    [404],
    docker.getContainer(nameOrId).inspect(),
  );
  return named?.Config.Labels?.[platformLabel] === platformId ? named.Id : undefined;
}
