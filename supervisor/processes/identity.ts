import { readFileSync } from "node:fs";
import { isNativeError } from "node:util/types";
import { parseProcessStat } from "../../core/process-stat";

/** One process for certain: pids are used again, a pid with its start time (clock ticks since boot) and boot is not. */
export interface ProcessIdentity {
  pid: number;
  startTime: string;
  bootId: string;
}

/** The boot the machine is in. */
export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** Identity of a running process; undefined when there is none of that pid (a zombie counts as none). */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const { startTime } = parseProcessStat(stat);
  return startTime === null ? undefined : { pid, startTime, bootId: bootId() };
}

/** True while exactly this process runs. */
export function isRunning(process: ProcessIdentity): boolean {
  const now = identify(process.pid);
  return now !== undefined && now.startTime === process.startTime && now.bootId === process.bootId;
}

/** Sends a signal if exactly this process still runs; false when it does not. */
export function signal(target: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isRunning(target)) return false;
  try {
    return process.kill(target.pid, name);
  } catch (error) {
    if (isErrno(error, "ESRCH")) return false;
    throw error;
  }
}

/** A file of /proc; undefined when the process has gone or is not ours to read. */
export function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT", "ESRCH", "EACCES", "EPERM")) return undefined;
    throw error;
  }
}

/** True for a system error of one of the codes. */
export function isErrno(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return isNativeError(error) && "code" in error && codes.includes(String(error.code));
}
