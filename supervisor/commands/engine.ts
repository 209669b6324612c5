import { readFileSync, rmSync } from "node:fs";
import { PaasError } from "../../core/error";
import { identify, isErrno, readProc } from "../processes/identity";
import { adopt, endProcess } from "../processes/running";

/** Written by the set-up when it starts a Docker Engine itself (where no systemd does). */
const enginePidPath = "/run/paas/dockerd.pid";
const endsWithinMs = 60_000;

/** `paas down --engine`: ends the Docker Engine that our set-up started; any other is not ours to end. */
export async function stopEngine(print: (line: string) => void, pidPath = enginePidPath): Promise<void> {
  const pid = pidIn(pidPath);
  const engine = pid === undefined ? undefined : identify(pid);
  if (engine === undefined || !isEngine(engine.pid)) {
    rmSync(pidPath, { force: true });
    print("No Docker Engine started by the platform's set-up is running.");
    return;
  }
  print("Stopping the Docker Engine ...");
  await endProcess(adopt(engine), "SIGTERM", endsWithinMs);
  rmSync(pidPath, { force: true });
  print("The Docker Engine is stopped; running containers go on (live-restore).");
}

function pidIn(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, "utf8").trim());
    if (Number.isInteger(pid) && pid > 1) return pid;
    throw new PaasError("invalid", `${path} holds no process id: remove it.`);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** The pid may have been used again since. */
function isEngine(pid: number): boolean {
  return readProc(`/proc/${pid}/comm`)?.trim() === "dockerd";
}
