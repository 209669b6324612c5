import { readFile } from "node:fs/promises";
import type Docker from "dockerode";
import { engineCallUnless } from "./errors";

/** What we read of a container's statistics; `max_usage` is cgroup v1's. */
interface Stats {
  memory_stats: { max_usage?: number };
}

/** The most memory, in bytes, that a running container had in use so far; null when nobody can tell (any more). */
export async function memoryPeak(docker: Docker, containerId: string): Promise<number | null> {
  const asked = docker.getContainer(containerId).stats({ stream: false, "one-shot": true });
  const stats = (await engineCallUnless("Could not ask for a container's memory", [404, 409], asked)) as
    | Stats
    | undefined;
  return stats?.memory_stats.max_usage ?? peakOfGroup(docker, containerId);
}

/** With cgroup v2 the engine tells no peak, the kernel does; on this machine only. */
async function peakOfGroup(docker: Docker, containerId: string): Promise<number | null> {
  const inspection = docker.getContainer(containerId).inspect();
  const pid = (await engineCallUnless("Could not inspect a container", [404], inspection))?.State.Pid;
  if (!pid) return null;
  try {
    const group = /^0::(.*)$/m.exec(await readFile(`/proc/${pid}/cgroup`, "utf8"))?.[1];
    if (!group?.includes(containerId)) return null;
    return Number(await readFile(`/sys/fs/cgroup${group}/memory.peak`, "utf8"));
  } catch (error) {
    if (
      ["ENOENT", "EACCES", "EPERM", "ESRCH", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")
    )
      return null;
    throw error;
  }
}
