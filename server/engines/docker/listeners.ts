import { readFile } from "node:fs/promises";
import { types } from "node:util";
import type Docker from "dockerode";
import { engineCallUnless } from "./errors";
import { listeningSockets } from "./listening-sockets";

/**
 * What listens inside a container, read from its network namespace through /proc. Works for images without any tool; not for a remote engine
 * or without the right to look: then nothing is known.
 */
export async function readListeners(docker: Docker, containerId: string): Promise<string[]> {
  const inspection = docker.getContainer(containerId).inspect();
  const pid = (await engineCallUnless("Could not inspect a container", [404], inspection))?.State.Pid;
  if (!pid) return [];
  try {
    // The engine may be on another machine, where the same number is another process.
    if (!(await readFile(`/proc/${pid}/cgroup`, "utf8")).includes(containerId)) return [];
    const tables = await Promise.all(
      ["tcp", "tcp6"].map((table) => readFile(`/proc/${pid}/net/${table}`, "utf8")),
    );
    return listeningSockets(tables.join("\n"));
  } catch (error) {
    if (isUnreadable(error)) return [];
    throw error;
  }
}

const isUnreadable = (error: unknown): boolean =>
  types.isNativeError(error) &&
  "code" in error &&
  ["ENOENT", "EACCES", "EPERM", "ESRCH", "EINVAL"].includes(String(error.code));
