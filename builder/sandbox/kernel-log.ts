import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";

/** What ran out when the kernel killed a build step: what that step may have, or what it shares with others. */
export type MemoryKill = "own" | "shared";

const maxLogBytes = 32 * 2 ** 20;
const entry = /oom-kill:.*,(?:oom_memcg=([^,]*)|global_oom),task_memcg=([^,]*)/;

/** Whether the kernel says that it killed one of these steps for want of memory; null where it does not, or where its log cannot be read. */
export async function memoryKillOf(steps: ReadonlySet<string>): Promise<MemoryKill | null> {
  const log = await promisify(execFile)("dmesg", { maxBuffer: maxLogBytes }).then(
    ({ stdout }) => stdout,
    () => "", // in a container, or without the program: what is not known is told as not known
  );
  return memoryKillIn(log, steps);
}

export function memoryKillIn(log: string, steps: ReadonlySet<string>): MemoryKill | null {
  for (const line of log.split("\n")) {
    const [, limited, task = ""] = entry.exec(line) ?? [];
    if (steps.has(basename(task))) return limited === task ? "own" : "shared";
  }
  return null;
}
