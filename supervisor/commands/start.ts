import { dataPaths } from "../../core/data-paths";
import { conflict } from "../../core/error";
import type { Settings } from "../../core/settings";
import { Ballast } from "../ballast";
import { checkDocker, checkPortFree } from "../checks";
import { prepareDataDir } from "../data-dir";
import { supervisorPaths } from "../paths";
import { preparePlatform } from "../platform";
import { findProcesses } from "../processes/find";
import { type Lock, lockHolder, tryLock } from "../processes/lock";
import { nodeRoleMark } from "../roles/marks";
import type { RoleNews } from "../roles/role-keeper";
import { Supervisor } from "../supervisor";
import { databaseUser } from "../system-user";

export interface StartOptions {
  settings: Settings;
  distDir: string;
  env: Record<string, string>;
  tell: (news: RoleNews) => void;
  /** The data directory is usable, nothing runs yet. */
  onPrepared: (settings: Settings) => void;
  /** All roles have been ready. */
  onReady: (settings: Settings) => void;
  /** Aborted: stop all roles and return. */
  stop: AbortSignal;
}

/** Starts the platform and keeps it until told to stop. Throws when it cannot be started. */
export async function start(options: StartOptions): Promise<void> {
  const user = process.getuid?.() === 0 ? databaseUser() : undefined;
  const settings = { ...options.settings, dataDir: prepareDataDir(options.settings.dataDir, user) };
  const lock = takeLock(settings.dataDir);
  const ballast = new Ballast({
    path: dataPaths(settings.dataDir).ballast,
    bytes: settings.ballastBytes,
    tell: (how) => options.tell({ role: "supervisor", what: "ballast", how }),
  });
  try {
    await checkSurroundings(settings);
    options.onPrepared(settings);
    // Before any database needs what it takes up.
    await ballast.start();
    const roles = preparePlatform({ ...options, settings, databaseUser: user });
    const supervisor = new Supervisor(roles, {
      statusPath: supervisorPaths(settings.dataDir).status,
      logDir: dataPaths(settings.dataDir).roleLogs,
      tell: options.tell,
      now: () => performance.timeOrigin + performance.now(),
    });
    await keep(supervisor, options.stop, () => options.onReady(settings));
  } finally {
    ballast.stop();
    lock.release();
  }
}

async function keep(supervisor: Supervisor, stop: AbortSignal, onReady: () => void): Promise<void> {
  const stopping = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener("abort", () => resolve(), { once: true });
  });
  const starting = supervisor.start().then(onReady, (error: unknown) => {
    // A start that we interrupt ourselves fails; that is no news.
    if (!stop.aborted) throw error;
  });
  await Promise.race([stopping, starting]);
  await stopping;
  await supervisor.stop();
  await starting;
}

function takeLock(dataDir: string): Lock {
  const path = supervisorPaths(dataDir).lock;
  const lock = tryLock(path);
  if (lock !== undefined) return lock;
  const pid = lockHolder(path)?.pid;
  throw conflict(
    `The platform in ${dataDir} is already running${pid ? ` (supervisor ${pid})` : ""}. To stop it: paas down`,
  );
}

/** What would make a role fail is said before any is started. Ports that our own roles of before still hold will be free in time. */
async function checkSurroundings({ dataDir, bind, httpPort, apiPort, dockerHost }: Settings): Promise<void> {
  const runs = (role: string) => findProcesses(nodeRoleMark(role, dataDir)).length > 0;
  if (!runs("router")) await checkPortFree("PAAS_HTTP_PORT", bind, httpPort);
  if (!runs("server")) await checkPortFree("PAAS_API_PORT", bind, apiPort);
  await checkDocker(dockerHost);
}
