import type Docker from "dockerode";
import { PaasError } from "../../../core/error";
import type { CommandSpec, EngineCommand } from "../engine";
import { appLabel, commandName, kindLabel, platformLabel, readCommandLabels } from "../labels";
import { commandContainer } from "./container";
import type { CreateContainer } from "./create";
import { engineCallUnless, engineError, statusOf } from "./errors";
import { findContainers, type ListedContainer, listContainers } from "./find";
import { stateOf } from "./list";

/** Looks by label first: an app that was renamed meanwhile must not run its command again under another name. */
export async function createCommand(
  docker: Docker,
  createContainer: CreateContainer,
  platformId: string,
  spec: CommandSpec,
): Promise<void> {
  if ((await findContainers(docker, platformId, spec.releaseId)).length > 0) return;
  const what = `Could not prepare the release command of v${spec.version}`;
  try {
    await createContainer({ name: commandName(spec), ...commandContainer(platformId, spec) });
  } catch (error) {
    if (statusOf(error) === 404)
      throw new PaasError("not_found", `${what}: its image or network is gone. Deploy again.`, {
        cause: error,
      });
    throw engineError(what, error);
  }
}

export async function startCommand(docker: Docker, platformId: string, releaseId: string): Promise<void> {
  const [found] = await findContainers(docker, platformId, releaseId);
  if (found?.State !== "created") return;
  try {
    await docker.getContainer(found.Id).start();
  } catch (error) {
    // 304: started meanwhile. 404 is also what the engine says of a program that the image does not have.
    if (statusOf(error) === 304) return;
    const refused = engineError("The release command could not be started", error);
    const lasting = refused.code === "not_found" || refused.code === "conflict";
    throw lasting ? new PaasError("invalid", refused.message, { cause: error }) : refused;
  }
}

export async function listCommands(
  docker: Docker,
  platformId: string,
  appId?: string,
): Promise<EngineCommand[]> {
  const labels = { [platformLabel]: platformId, [kindLabel]: "command" };
  const listed = await listContainers(
    docker,
    appId === undefined ? labels : { ...labels, [appLabel]: appId },
  );
  const commands = await Promise.all(listed.map((container) => commandOf(docker, container)));
  return commands.filter((command) => command !== null);
}

async function commandOf(docker: Docker, listed: ListedContainer): Promise<EngineCommand | null> {
  const inspection = docker.getContainer(listed.Id).inspect();
  const found = await engineCallUnless("Could not inspect a release command", [404], inspection);
  if (!found) return null;
  const state = stateOf(found.State.Status);
  const exitCode = state === "exited" ? found.State.ExitCode : null;
  return { ...readCommandLabels(listed.Labels), state, exitCode };
}
