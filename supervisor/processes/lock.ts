import { spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { PaasError } from "../../core/error";
import { identify, isErrno, isRunning, type ProcessIdentity } from "./identity";

/** Held until released or until this process dies, however it dies. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock, or returns undefined when a living process has it. It is the kernel's flock(2): Node cannot ask for it, so
 * flock(1) locks the open file we hand it, and the lock stays with our descriptor. No stale locks exist, nothing is taken over.
 */
export function tryLock(path: string): Lock | undefined {
  const file = openSync(path, "a+", 0o600);
  const { status, error } = spawnSync("flock", ["--nonblock", "3"], {
    stdio: ["ignore", "ignore", "ignore", file],
  });
  if (status === 0) {
    ftruncateSync(file);
    writeSync(file, JSON.stringify(identify(process.pid)));
    return { release: () => closeSync(file) };
  }
  closeSync(file);
  if (error !== undefined)
    throw new PaasError("unavailable", "The program flock is missing: install the package util-linux.", {
      cause: error,
    });
  return undefined;
}

/** Who wrote its name into the lock file, if it still runs. */
export function lockHolder(path: string): ProcessIdentity | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, "utf8")) as ProcessIdentity;
    return isRunning(holder) ? holder : undefined;
  } catch (error) {
    // The holder has the lock a moment before it has written its name.
    if (isErrno(error, "ENOENT") || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
