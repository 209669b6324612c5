import { readFileSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { parseProcessStat } from "../core/process-stat";
import { codeOf } from "./fault";

/** Weighs three times what a usual process does. */
const niceness = -5;

/**
 * Puts this process, and those that it starts, before others in want of the CPU; with it the session, if that is its own, since kernels that
 * group by sessions (autogroup) heed niceness within one only. Without the right to do so the router stands where all do.
 */
export function comeFirst(): void {
  unlessRefused(() => setPriority(niceness));
  unlessRefused(() => {
    const { sessionId } = parseProcessStat(readFileSync("/proc/self/stat", "utf8"));
    if (sessionId === process.pid) writeFileSync("/proc/self/autogroup", `${niceness}`);
  });
}

/** No right to it; or a kernel without such groups. */
const refusals = new Set(["EACCES", "EPERM", "EROFS", "ENOENT"]);

function unlessRefused(act: () => void): void {
  try {
    act();
  } catch (error) {
    const { info } = error as { info?: { code?: string } };
    if (!refusals.has(info?.code ?? codeOf(error) ?? "")) throw error;
  }
}
