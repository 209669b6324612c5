import { readFileSync } from "node:fs";
import { type Finding, fault, well } from "../../core/doctor";

/** What the supervisor's status file tells; see supervisor/status-file. */
export interface Supervised {
  pid: number;
  roles: { name: string; pid: number; restarts: number }[];
}

/** Judges the supervisor and its roles by their pids; null is: there is no status file. */
export function judgeSupervisor(status: Supervised | null, isAlive: (pid: number) => boolean): Finding[] {
  if (status === null)
    return [
      fault("supervisor", {
        what: "no platform runs on this machine, or it belongs to another user",
        meaning: "Nobody starts the server, the databases and the router.",
        remedy:
          "Start it: paas up. Or point the CLI to the platform you mean: paas login https://your-server",
      }),
    ];
  const roles = status.roles.filter(({ pid }) => !isAlive(pid)).map(({ name, pid }) => deadRole(name, pid));
  if (!isAlive(status.pid)) return [deadSupervisor(status.pid), ...roles];
  return roles.length > 0
    ? roles
    : [well("supervisor", `runs with pid ${status.pid}, and so do its ${status.roles.length} roles`)];
}

const deadSupervisor = (pid: number): Finding =>
  fault("supervisor", {
    what: `the supervisor (pid ${pid}) is gone`,
    meaning: "Server and builder ended with it; what else dies stays down.",
    remedy: "Start it: paas up adopts what still runs.",
  });

const deadRole = (name: string, pid: number): Finding =>
  fault("supervisor", {
    what: `the role ${name} (pid ${pid}) is gone`,
    meaning: "The supervisor starts it again, after a rest that grows while it keeps dying.",
    remedy: `See <data>/logs/${name}.log for why it ends.`,
  });

export function readSupervised(file: string): Supervised | null {
  try {
    const read = JSON.parse(readFileSync(file, "utf8")) as Partial<Supervised>;
    return typeof read.pid === "number" && Array.isArray(read.roles)
      ? { pid: read.pid, roles: read.roles }
      : null;
  } catch (error) {
    // Another machine's platform, another user's, or none.
    if (
      error instanceof SyntaxError ||
      ["ENOENT", "EACCES"].includes(String((error as NodeJS.ErrnoException).code))
    )
      return null;
    throw error;
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
