import { existsSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { conflict, PaasError } from "../../core/error";
import type { Settings } from "../../core/settings";
import { supervisorPaths } from "../paths";
import { findProcesses } from "../processes/find";
import { isRunning, type ProcessIdentity, signal } from "../processes/identity";
import { lockHolder, tryLock } from "../processes/lock";
import { adopt, endProcess } from "../processes/running";
import { allMarks } from "../roles/marks";
import { removeSocketDir, socketDirFor } from "../socket-dir";
import { readStatus } from "../status-file";

const endsWithinMs = 180_000;

/** `paas down`: ends all roles, in order. Apps' containers are left running. */
export async function down(settings: Settings, print: (line: string) => void): Promise<void> {
  const { dataDir } = settings;
  const holder = lockHolder(supervisorPaths(dataDir).lock);
  if (holder !== undefined) await endSupervisor(holder, dataDir, print);
  const left = await endOrphans(dataDir, print);
  if (holder === undefined && left === 0) print(`The platform in ${dataDir} is not running.`);
  else
    print(
      "The platform is stopped. Apps' containers keep running, without a router; `paas up` serves them again.",
    );
}

async function endSupervisor(
  holder: ProcessIdentity,
  dataDir: string,
  print: (line: string) => void,
): Promise<void> {
  let running = roleNames(dataDir);
  signal(holder, "SIGTERM");
  const deadline = performance.now() + endsWithinMs;
  while (isRunning(holder)) {
    if (performance.now() > deadline)
      throw new PaasError(
        "timeout",
        `The supervisor (pid ${holder.pid}) has not ended in ${endsWithinMs / 1000} s.`,
      );
    await delay(50);
    const now = roleNames(dataDir);
    for (const name of running) if (!now.includes(name)) print(`${name} stopped`);
    running = now;
  }
}

function roleNames(dataDir: string): string[] {
  return (readStatus(supervisorPaths(dataDir).status)?.roles ?? []).map(({ name }) => name);
}

/** What a killed supervisor left running. Returns how many there were. */
async function endOrphans(dataDir: string, print: (line: string) => void): Promise<number> {
  const { lock: lockPath } = supervisorPaths(dataDir);
  if (!existsSync(dirname(lockPath))) return 0;
  const lock = tryLock(lockPath);
  if (lock === undefined)
    throw conflict(`The platform in ${dataDir} is being started. Run paas down again in a moment.`);
  let ended = 0;
  try {
    for (const { name, mark, stopSignal } of allMarks(dataDir))
      for (const found of findProcesses(mark)) {
        await endProcess(adopt(found), stopSignal, 40_000);
        print(`${name} stopped`);
        ended += 1;
      }
    const uid = process.getuid?.() ?? 0;
    removeSocketDir(socketDirFor(realpathSync(dataDir), uid === 0, uid), dataDir);
  } finally {
    lock.release();
  }
  return ended;
}
