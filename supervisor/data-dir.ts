import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { dataPaths } from "../core/data-paths";
import { messageOf, PaasError } from "../core/error";
import type { SystemUser } from "./roles/role";

/**
 * Makes the data directory usable and returns its real path. Only its owner may list it; with a database user, others may pass
 * through to what is theirs (everything else in it is 0600 or 0700).
 * Throws `invalid` when it is somebody else's directory or cannot be written.
 */
export function prepareDataDir(dataDir: string, databaseUser: SystemUser | undefined): string {
  try {
    mkdirSync(dataDir, { recursive: true, mode: databaseUser ? 0o755 : 0o700 });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new PaasError(
      "invalid",
      `The data directory ${dataDir} cannot be used: ${messageOf(error)}. Make it writable for this user, or set PAAS_DATA_DIR to another.`,
      { cause: error },
    );
  }
  const real = realpathSync(dataDir);
  refuseForeign(real);
  chmodSync(real, databaseUser ? 0o711 : 0o700);
  for (const path of privateDirs(real)) makeDir(path, 0o700);
  makeDir(`${real}/postgres-bin`, 0o755);
  return real;
}

/** The roles' own directories. They are made here because others may pass through the data directory. */
function privateDirs(dataDir: string): string[] {
  const paths = dataPaths(dataDir);
  return [
    paths.run,
    paths.roleLogs,
    paths.repositories,
    paths.sources,
    paths.appLogs,
    dirname(paths.routerTable),
  ];
}

/** Whatever the umask is. */
function makeDir(path: string, mode: number): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
}

/** A directory that is full of other things (a home, /var) is a slip, and must not get our permissions. */
function refuseForeign(dataDir: string): void {
  const names = readdirSync(dataDir);
  if (names.length === 0 || names.includes("platform-id") || names.includes("run")) return;
  throw new PaasError(
    "invalid",
    `The data directory ${dataDir} holds other files and no platform: set PAAS_DATA_DIR to an empty or new directory.`,
  );
}

/** The first directory on the way to a path that a user cannot enter; undefined when the way is free. */
export function barrierTo(path: string, user: SystemUser): string | undefined {
  const ways = [path];
  while (dirname(ways[0] ?? "/") !== ways[0]) ways.unshift(dirname(ways[0] ?? "/"));
  return ways.find((way) => existsSync(way) && !mayEnter(way, user));
}

function mayEnter(directory: string, { uid, gid }: SystemUser): boolean {
  const found = statSync(directory);
  const bit = found.uid === uid ? 0o100 : found.gid === gid ? 0o010 : 0o001;
  return (found.mode & bit) !== 0;
}
