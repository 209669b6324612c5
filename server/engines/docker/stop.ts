import type Docker from "dockerode";
import { engineCallUnless } from "./errors";
import { findContainers } from "./find";

/** Ends the containers of an instance, all at once: SIGTERM (or the image's signal), graceMs, SIGKILL. They stay, exited. */
export async function endContainers(
  docker: Docker,
  platformId: string,
  id: string,
  graceMs: number,
): Promise<string[]> {
  const found = await findContainers(docker, platformId, id);
  const alive = found.filter(
    ({ State }) => State === "running" || State === "paused" || State === "restarting",
  );
  await Promise.all(alive.map(({ Id }) => endContainer(docker, Id, graceMs)));
  return found.map(({ Id }) => Id);
}

/** The engine counts grace in whole seconds. 304: it had ended already; 404: it is gone. */
export async function endContainer(docker: Docker, containerId: string, graceMs: number): Promise<void> {
  const stop = docker.getContainer(containerId).stop({ t: Math.ceil(graceMs / 1000) });
  await engineCallUnless("Could not stop a container", [304, 404], stop);
}

/** Removes a container with the anonymous volumes its image declared, which nobody could ever find again; named volumes stay. */
export async function removeContainer(docker: Docker, containerId: string): Promise<void> {
  const removal = docker.getContainer(containerId).remove({ force: true, v: true });
  // 409: being removed already.
  await engineCallUnless("Could not remove a container", [404, 409], removal);
}
