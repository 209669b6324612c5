import { readdirSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { parseProcessStat } from "../../core/process-stat";
import { identify, isErrno, type ProcessIdentity, readProc } from "./identity";

/** What tells a role's process from all others, whether or not anybody wrote its pid down. */
export type ProcessMark =
  /** A variable that only this role's process has in its environment, e.g. PAAS_ROLE=router@<platform>. */
  | { variable: string; program: string }
  /** A program working in a directory of its own; databases overwrite their environment, but keep to their directory. */
  | { workingDir: string; program: string };

/** The processes that carry a mark, without those started by another of them (a database's workers). */
export function findProcesses(mark: ProcessMark): ProcessIdentity[] {
  const found = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && carries(pid, mark));
  return found
    .filter((pid) => !found.includes(parentOf(pid)))
    .map(identify)
    .filter((identity) => identity !== undefined);
}

function carries(pid: number, mark: ProcessMark): boolean {
  if (!programIs(pid, mark.program)) return false;
  if ("workingDir" in mark) return linkOf(`/proc/${pid}/cwd`) === mark.workingDir;
  return (readProc(`/proc/${pid}/environ`) ?? "").split("\0").includes(mark.variable);
}

/** By the start of its name: Debian's redis-server runs as redis-check-rdb, a replaced program as `node (deleted)`. */
function programIs(pid: number, name: string): boolean {
  const program = linkOf(`/proc/${pid}/exe`);
  return program !== undefined && basename(program).startsWith(name);
}

const parentOf = (pid: number): number => parseProcessStat(readProc(`/proc/${pid}/stat`) ?? "").parentPid;

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ESRCH", "EACCES", "EPERM")) return undefined;
    throw error;
  }
}
