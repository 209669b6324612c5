import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { PaasError } from "../../core/error";
import { syncDirectory, writeDurably } from "../durable-file";
import { isErrno } from "../processes/identity";
import type { SystemUser } from "../roles/role";
import type { PostgresBinaries } from "./binaries";

/** A database cluster on disk and who it belongs to. */
export interface Cluster {
  dir: string;
  binaries: PostgresBinaries;
  user: SystemUser | undefined;
}

/** Where the cluster of a data directory lies; its major version is in the name, since another major cannot read it. */
export function clusterDir(dataDir: string, version: string): string {
  return `${dataDir}/postgres/${version.split(".")[0]}`;
}

/**
 * Makes the cluster if there is none: initdb in a directory beside it, renamed when complete. Nobody needs a password: PostgreSQL asks the
 * kernel who is at the other end of its socket, and only we and the database's own user are let in, as `paas`, who is no superuser.
 */
export function makeCluster(cluster: Cluster): void {
  const parent = dirname(cluster.dir);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  if (cluster.user) chownSync(parent, cluster.user.uid, cluster.user.gid);
  removeUnfinished(parent);
  if (existsSync(cluster.dir)) return;
  // The name is new each time: the initdb of a supervisor that was killed may still be writing.
  const unfinished = `${cluster.dir}${unfinishedMark}${randomBytes(6).toString("hex")}`;
  const options = [
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--auth=peer",
    "--data-checksums",
  ];
  run(cluster, "initdb", ["-D", unfinished, ...options], "");
  const script = "CREATE ROLE paas LOGIN CREATEDB;\nCREATE DATABASE paas OWNER paas;\n";
  run(cluster, "postgres", ["--single", "-D", unfinished, "postgres"], script);
  renameSync(unfinished, cluster.dir);
  syncDirectory(parent);
}

const unfinishedMark = ".new-";

/** What killed supervisors left. An initdb that still runs there can put files back while they are removed; the next start has them. */
function removeUnfinished(parent: string): void {
  for (const name of readdirSync(parent).filter((entry) => entry.includes(unfinishedMark)))
    rmSync(`${parent}/${name}`, { recursive: true, force: true, maxRetries: 3 });
}

/** Writes who may connect; at each start, since a platform can be moved between users and machines. */
export function writeAccessRules(cluster: Cluster): void {
  const users = ["root", userInfo().username, ...(cluster.user ? ["paas"] : [])];
  const map = [...new Set(users)].flatMap((user) => [
    `platform "${user}" paas`,
    `platform "${user}" postgres`,
  ]);
  const files = {
    "pg_hba.conf": "local all all peer map=platform\n",
    "pg_ident.conf": `${map.join("\n")}\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    const path = `${cluster.dir}/${name}`;
    writeDurably(path, text);
    if (cluster.user) chownSync(path, cluster.user.uid, cluster.user.gid);
  }
}

/**
 * Removes the pid files of a server that is dead; to be called only when none of it runs. PostgreSQL would take any process that has
 * got the pid since (after a reboot), or the dead one if nobody reaps it, for the server, and refuse to start.
 */
export function removeStalePidFiles(dir: string, socketPath: string): void {
  rmSync(`${dir}/postmaster.pid`, { force: true });
  rmSync(`${socketPath}.lock`, { force: true });
}

function run(cluster: Cluster, program: string, argv: string[], input: string): void {
  const { status, stderr, error } = spawnSync(`${cluster.binaries.binDir}/${program}`, argv, {
    input,
    encoding: "utf8",
    cwd: "/",
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC" },
    ...(cluster.user ?? {}),
  });
  if (status === 0) return;
  const why = isErrno(error, "EACCES") ? "permission denied" : (error?.message ?? stderr.trim());
  throw new PaasError("unavailable", `The embedded PostgreSQL could not be set up (${program}): ${why}`);
}
