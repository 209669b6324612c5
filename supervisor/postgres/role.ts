import { createHash } from "node:crypto";
import { postgresMark } from "../roles/marks";
import type { Role, SystemUser } from "../roles/role";
import { postgresAnswers } from "./ask";
import { type Cluster, removeStalePidFiles } from "./cluster";

/** Durable, small, and reachable through its socket alone. */
const settings = {
  listen_addresses: "",
  unix_socket_permissions: "0777",
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  shared_buffers: "32MB",
  max_connections: "40",
  max_wal_size: "256MB",
  min_wal_size: "32MB",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_worker_processes: "2",
  max_parallel_workers: "0",
  max_logical_replication_workers: "0",
  autovacuum_max_workers: "1",
  io_method: "sync",
  jit: "off",
  log_timezone: "UTC",
  timezone: "UTC",
};

/** The embedded PostgreSQL as a role; its cluster exists. */
export function postgresRole(cluster: Cluster, socketDir: string): Role {
  const socketPath = `${socketDir}/.s.PGSQL.5432`;
  const all = { ...settings, unix_socket_directories: socketDir };
  const argv = [
    "-D",
    cluster.dir,
    ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  return {
    name: "postgres",
    command: `${cluster.binaries.binDir}/postgres`,
    argv,
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC" },
    cwd: cluster.dir,
    ...asUser(cluster.user),
    mark: postgresMark(cluster.dir),
    fingerprint: createHash("sha256")
      .update(JSON.stringify([cluster.binaries.version, argv]))
      .digest("hex")
      .slice(0, 16),
    orphan: "goes-on",
    replace: "in-turn",
    ready: () => postgresAnswers(socketPath),
    readyWithinMs: 120_000,
    beforeStart: () => removeStalePidFiles(cluster.dir, socketPath),
    // "Fast": open transactions are rolled back, clients disconnected.
    stopSignal: "SIGINT",
    stopWithinMs: 30_000,
  };
}

/** The URL that `pg` takes; there is no password in it, see `makeCluster`. */
export function postgresSocketUrl(socketDir: string): string {
  return `postgresql://paas@/paas?host=${encodeURIComponent(socketDir)}`;
}

const asUser = (user: SystemUser | undefined) => (user ? { user } : {});
