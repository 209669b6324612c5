import { createHash } from "node:crypto";
import { chmodSync, chownSync, lstatSync, mkdirSync, rmdirSync } from "node:fs";
import { PaasError } from "../core/error";
import { isErrno } from "./processes/identity";
import type { SystemUser } from "./roles/role";

/** A Unix socket's path ends at 107 bytes; this is the longest name we put into the directory. */
const longestName = "/.s.PGSQL.5432.lock";
const longestPath = 107;

/** Where the databases' sockets lie: in the data directory, or where its path is too long, in a short directory named after it. */
export function socketDirFor(dataDir: string, isRoot: boolean, uid: number): string {
  const inside = `${dataDir}/sockets`;
  if (Buffer.byteLength(inside + longestName) <= longestPath) return inside;
  const hash = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  return isRoot ? `/run/paas-${hash}` : `/tmp/paas-${uid}-${hash}`;
}

/** Removes a short directory outside of the data directory, once its sockets are gone. */
export function removeSocketDir(path: string, dataDir: string): void {
  if (path.startsWith(`${dataDir}/`)) return;
  try {
    rmdirSync(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ENOTEMPTY")) throw error;
  }
}

/** Makes the directory, for its owner alone. Throws `conflict` when somebody else sits there already (/tmp is everybody's). */
export function makeSocketDir(path: string, owner: SystemUser): void {
  try {
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, owner.uid, owner.gid);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  }
  const found = lstatSync(path);
  const trusted = [owner.uid, process.getuid?.() ?? owner.uid];
  if (!found.isDirectory() || !trusted.includes(found.uid))
    throw new PaasError("conflict", `${path} is not a directory of ours. Remove it and start again.`);
  chownSync(path, owner.uid, owner.gid);
  chmodSync(path, 0o700);
}
