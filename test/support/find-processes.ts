import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface FoundProcess {
  pid: number;
  /** Its command line. */
  words: string[];
}

/** Processes that work somewhere below a directory: git and its hooks in a repository. */
export function processesIn(directory: string): FoundProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => unlessGone(() => readlinkSync(`/proc/${pid}/cwd`)).startsWith(`${directory}/`))
    .map((pid) => ({
      pid: Number(pid),
      words: unlessGone(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"))
        .split("\0")
        .filter(Boolean),
    }))
    .filter(({ words }) => words.length > 0);
}

/** A process can end, or be a kernel's own, while it is looked at. */
function unlessGone(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
