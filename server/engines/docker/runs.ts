import type Docker from "dockerode";
import type { EngineRun, RunSpec } from "../engine";
import { appLabel, instanceLabel, kindLabel, platformLabel } from "../labels";
import { runContainer } from "./container";
import type { CreateContainer } from "./create";
import { engineCall, engineCallUnless } from "./errors";
import { findContainer, type ListedContainer, listContainers } from "./find";
import { stateOf } from "./list";
import { removeContainer } from "./stop";
import type { DockerStreams } from "./streams";
import { waitForEnd } from "./wait";

/** Creates and starts without attaching. One that cannot start leaves nothing behind. */
export async function startDetached(
  docker: Docker,
  createContainer: CreateContainer,
  platformId: string,
  run: RunSpec,
): Promise<void> {
  const what = `Could not start ${run.name}`;
  const created = createContainer({
    name: runContainerName(run),
    ...runContainer(platformId, run),
    AttachStdout: false,
    AttachStderr: false,
  });
  const container = await engineCall(what, created);
  try {
    await engineCall(what, container.start());
  } catch (error) {
    await removeContainer(docker, container.id);
    throw error;
  }
}

/** `shop-run.1234-k3j9x2m4p7qa` */
export const runContainerName = (run: RunSpec): string => `${run.spec.appName}-${run.name}-${run.id}`;

export async function listRuns(docker: Docker, platformId: string, appId?: string): Promise<EngineRun[]> {
  const labels = { [platformLabel]: platformId, [kindLabel]: "run" };
  const listed = await listContainers(
    docker,
    appId === undefined ? labels : { ...labels, [appLabel]: appId },
  );
  const runs = await Promise.all(listed.map((container) => runOf(docker, container)));
  return runs.filter((run) => run !== null);
}

/**
 * A list shows what is being started (for a server that died, say) as created. An inspection waits for that start to end: what it shows as
 * created has not begun.
 */
async function runOf(docker: Docker, { Id, Labels, State }: ListedContainer): Promise<EngineRun | null> {
  const run = { id: Labels[instanceLabel] ?? "", appId: Labels[appLabel] ?? "" };
  if (State !== "created") return { ...run, state: stateOf(State) };
  const inspection = docker.getContainer(Id).inspect();
  const found = await engineCallUnless("Could not inspect a one-off", [404], inspection);
  return found ? { ...run, state: stateOf(found.State.Status) } : null;
}

/** Waits for the end of a one-off that was started; null when its container is gone. */
export async function waitForRun(
  docker: Docker,
  streams: DockerStreams,
  platformId: string,
  runId: string,
  signal: AbortSignal,
): Promise<number | null> {
  const found = await findContainer(docker, platformId, runId);
  if (found === undefined) return null;
  const ended = waitForEnd(streams, found, signal);
  return (await engineCallUnless("Could not wait for a one-off", [404], ended)) ?? null;
}
