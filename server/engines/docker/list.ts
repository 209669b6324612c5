import type Docker from "dockerode";
import type { EngineInstance, OutOfMemory } from "../../../core/instance";
import { appLabel, kindLabel, platformLabel, readInstanceLabels } from "../labels";
import type { EngineLife } from "./ends";
import { engineCallUnless } from "./errors";
import { type ListedContainer, listContainers } from "./find";
import { memoryPeak } from "./memory";

type Photo = Pick<EngineInstance, "state" | "startedAt" | "exitCode" | "oom" | "finishedAt" | "lost">;

/**
 * Lists the platform's instances. A list call tells neither exit codes nor times, so each container is inspected once per state:
 * only the scheduler restarts anything, hence what was read stays true until the state changes.
 */
export class InstanceList {
  #photos = new Map<string, Photo>();
  /** By container id, in bytes. */
  #peaks = new Map<string, number>();

  constructor(
    readonly docker: Docker,
    readonly platformId: string,
    readonly life: EngineLife,
  ) {}

  async read(appId?: string): Promise<EngineInstance[]> {
    const labels = { [platformLabel]: this.platformId, [kindLabel]: "instance" };
    const listed = await listContainers(
      this.docker,
      appId === undefined ? labels : { ...labels, [appLabel]: appId },
    );
    const instances = await Promise.all(listed.map((container) => this.#instance(container)));
    if (appId === undefined) this.#forgetAllBut(listed);
    return instances.filter((instance) => instance !== null);
  }

  async #instance(container: ListedContainer): Promise<EngineInstance | null> {
    const key = `${container.Id} ${stateOf(container.State)}`;
    const photo = this.#photos.get(key) ?? (await this.#inspect(container.Id));
    if (photo === null) return null;
    this.#photos.set(`${container.Id} ${photo.state}`, photo);
    return { ...readInstanceLabels(container.Labels), ...photo };
  }

  async #inspect(containerId: string): Promise<Photo | null> {
    const inspection = this.docker.getContainer(containerId).inspect();
    const found = await engineCallUnless("Could not inspect a container", [404], inspection);
    if (!found) return null;
    const state = stateOf(found.State.Status);
    const ended = state === "exited";
    const finishedAt = ended ? dateOf(found.State.FinishedAt) : null;
    return {
      state,
      startedAt: dateOf(found.State.StartedAt),
      exitCode: ended ? found.State.ExitCode : null,
      oom:
        ended && found.State.OOMKilled ? this.#outOfMemory(containerId, found.HostConfig.Memory ?? 0) : null,
      finishedAt,
      lost: finishedAt !== null && (await this.life.beganAfter(finishedAt, Date.now())),
    };
  }

  /** The kernel had just killed one of its programs for its memory: the peak can be read as long as another one runs. */
  async measurePeak(containerId: string): Promise<void> {
    const bytes = await memoryPeak(this.docker, containerId);
    if (bytes !== null) this.#peaks.set(containerId, bytes);
  }

  /** What nobody could measure any more reached the limit: the kernel kills for nothing less. */
  #outOfMemory(containerId: string, limitBytes: number): OutOfMemory {
    const peakBytes = this.#peaks.get(containerId) ?? limitBytes;
    return { peakMb: megabytes(peakBytes), limitMb: megabytes(limitBytes) };
  }

  #forgetAllBut(listed: ListedContainer[]): void {
    const current = new Set(listed.map(({ Id }) => Id));
    for (const key of this.#photos.keys())
      if (!current.has(key.split(" ")[0] ?? "")) this.#photos.delete(key);
    for (const id of this.#peaks.keys()) if (!current.has(id)) this.#peaks.delete(id);
  }
}

/** The engine's word for a state in ours. */
export function stateOf(state: string): EngineInstance["state"] {
  if (state === "created") return "created";
  return state === "running" || state === "paused" || state === "restarting" ? "running" : "exited";
}

const megabytes = (bytes: number): number => Math.round(bytes / (1024 * 1024));

/** The engine writes year 1 for "never". */
function dateOf(text: string): Date | null {
  const date = new Date(text);
  return date.getTime() > 0 ? date : null;
}
