import { createHash } from "node:crypto";
import { accessSync, chownSync, constants, mkdirSync } from "node:fs";
import { delimiter } from "node:path";
import { PaasError } from "../../core/error";
import { writeDurably } from "../durable-file";
import { isErrno } from "../processes/identity";
import { redisMark } from "../roles/marks";
import type { Role, SystemUser } from "../roles/role";
import { redisAnswers } from "./ask";

export interface RedisPlace {
  dir: string;
  socketPath: string;
  password: string;
  user: SystemUser | undefined;
}

/** Writes the embedded Redis' configuration, the only place its password stands in but the roles' URL file, and returns the role. */
export function redisRole(place: RedisPlace, path: string): Role {
  const program = findProgram("redis-server", path);
  const configPath = `${place.dir}/redis.conf`;
  const config = configText(place);
  mkdirSync(place.dir, { recursive: true, mode: 0o700 });
  writeDurably(configPath, config);
  for (const owned of place.user ? [place.dir, configPath] : [])
    chownSync(owned, place.user?.uid ?? -1, place.user?.gid ?? -1);
  return {
    name: "redis",
    command: program,
    argv: [configPath],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC" },
    cwd: place.dir,
    ...(place.user ? { user: place.user } : {}),
    mark: redisMark(place.dir),
    fingerprint: createHash("sha256").update(`${program}\n${config}`).digest("hex").slice(0, 16),
    orphan: "goes-on",
    replace: "in-turn",
    ready: () => redisAnswers(place.socketPath, place.password),
    readyWithinMs: 120_000,
    stopSignal: "SIGTERM",
    stopWithinMs: 30_000,
  };
}

function configText({ dir, socketPath, password }: RedisPlace): string {
  const lines = [
    "port 0",
    `unixsocket ${quoted(socketPath)}`,
    "unixsocketperm 700",
    `requirepass ${password}`,
    `dir ${quoted(dir)}`,
    "appendonly yes",
    "appendfsync everysec",
    // Snapshots would only repeat what the append-only file holds.
    'save ""',
    // BullMQ's condition: a queue must refuse rather than forget.
    "maxmemory-policy noeviction",
    "daemonize no",
    "loglevel notice",
    'logfile ""',
  ];
  return `${lines.join("\n")}\n`;
}

const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** A program on a search path, by the name it is called by (Debian's redis-server is a link, and heeds its name); throws `unavailable` with the command that installs it. */
function findProgram(name: string, path: string): string {
  for (const dir of [...path.split(delimiter).filter(Boolean), "/usr/bin", "/usr/local/bin"]) {
    try {
      accessSync(`${dir}/${name}`, constants.X_OK);
      return `${dir}/${name}`;
    } catch (error) {
      if (!isErrno(error, "ENOENT", "ENOTDIR", "EACCES")) throw error;
    }
  }
  throw new PaasError(
    "unavailable",
    `${name} is not installed. Run: apt-get install --no-install-recommends ${name} (or set REDIS_URL to a Redis of your own)`,
  );
}
