import type Docker from "dockerode";
import { conflict, PaasError } from "../../../core/error";
import type { InstanceSpec } from "../../../core/instance";
import { placeName } from "../../../core/instance";
import { containerName, isSameInstance } from "../labels";
import { instanceContainer } from "./container";
import type { CreateContainer } from "./create";
import { engineCall, engineError, statusOf } from "./errors";

/** Two calls when nothing is in the way: create and start. What is already there is looked at only when the engine says that it is. */
export async function startInstance(
  docker: Docker,
  createContainer: CreateContainer,
  platformId: string,
  spec: InstanceSpec,
): Promise<void> {
  const what = `Could not start ${placeName(spec)}`;
  const container = await create(docker, createContainer, platformId, spec, what);
  if (container === "ran") return;
  try {
    await container.start();
  } catch (error) {
    // 304: started meanwhile. That it is ours was seen when it was made or looked at.
    if (statusOf(error) !== 304) throw engineError(what, error);
  }
}

async function create(
  docker: Docker,
  createContainer: CreateContainer,
  platformId: string,
  spec: InstanceSpec,
  what: string,
): Promise<Docker.Container | "ran"> {
  try {
    return await createContainer({
      name: containerName(spec),
      ...instanceContainer(platformId, spec),
    });
  } catch (error) {
    if (statusOf(error) === 404)
      throw new PaasError("not_found", `${what}: its image or network is gone. Deploy again.`, {
        cause: error,
      });
    if (statusOf(error) !== 409) throw engineError(what, error);
    return adopt(docker, platformId, spec, what);
  }
}

/** INVARIANT: "already there" is success only for the same platform, instance and spec. One that has run already stays as it is. */
async function adopt(
  docker: Docker,
  platformId: string,
  spec: InstanceSpec,
  what: string,
): Promise<Docker.Container | "ran"> {
  const container = docker.getContainer(containerName(spec));
  const found = await engineCall(what, container.inspect());
  if (!isSameInstance(found.Config.Labels ?? {}, platformId, spec))
    throw conflict(
      `${what}: another container has the name ${containerName(spec)}. Remove it, then try again.`,
    );
  return found.State.Status === "created" ? docker.getContainer(found.Id) : "ran";
}
