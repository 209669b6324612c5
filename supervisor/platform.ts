import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dataPaths } from "../core/data-paths";
import { PaasError } from "../core/error";
import { redisOptions, redisSocketUrl } from "../core/redis-url";
import type { Settings } from "../core/settings";
import { barrierTo } from "./data-dir";
import { writeDurably } from "./durable-file";
import { makePlatformFiles } from "./platform-files";
import { installPostgres } from "./postgres/binaries";
import { clusterDir, makeCluster, writeAccessRules } from "./postgres/cluster";
import { postgresRole, postgresSocketUrl } from "./postgres/role";
import { redisRole } from "./redis/role";
import { redisDir } from "./roles/marks";
import { builderRole, routerRole, serverRole } from "./roles/node-roles";
import type { Role, SystemUser } from "./roles/role";
import { makeSocketDir, socketDirFor } from "./socket-dir";

export interface PlatformOptions {
  /** With a real, prepared data directory. */
  settings: Settings;
  distDir: string;
  env: Record<string, string>;
  /** Absent when we are not root: then the databases run as we do. */
  databaseUser: SystemUser | undefined;
}

/**
 * Makes what the platform needs on disk and returns its roles in the order of their start: the router first, so that after a crash of
 * everything apps are served (from its snapshot) before anything else happens.
 */
export function preparePlatform(options: PlatformOptions): Role[] {
  const { settings } = options;
  makePlatformFiles(settings, hasLived(settings.dataDir));
  const databases = embeddedDatabases(options);
  return [routerRole(options), ...databases, serverRole(options), builderRole(options)];
}

function embeddedDatabases(options: PlatformOptions): Role[] {
  const { settings, databaseUser } = options;
  const paths = dataPaths(settings.dataDir);
  const wanted = [
    { given: settings.databaseUrl, urlPath: paths.databaseUrl, embed: embeddedPostgres },
    { given: settings.redisUrl, urlPath: paths.redisUrl, embed: embeddedRedis },
  ];
  const roles: Role[] = [];
  for (const { given, urlPath, embed } of wanted) {
    if (given !== undefined) {
      rmSync(urlPath, { force: true });
      continue;
    }
    const { role, url } = embed(options, prepareSockets(settings.dataDir, databaseUser));
    writeDurably(urlPath, `${url}\n`);
    roles.push(role);
  }
  return roles;
}

/** Whether data was made with the id and the key of this platform; its database may lie elsewhere. */
function hasLived(dataDir: string): boolean {
  return existsSync(`${dataDir}/postgres`) || readdirSync(dataPaths(dataDir).repositories).length > 0;
}

function prepareSockets(dataDir: string, user: SystemUser | undefined): string {
  const owner = user ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const barrier = barrierTo(dataDir, owner);
  if (barrier !== undefined)
    throw new PaasError(
      "invalid",
      `The embedded databases run as the user paas, who may not enter ${barrier} on the way to the data directory ${dataDir}. ` +
        `Set PAAS_DATA_DIR to a directory outside of it (such as /var/lib/paas), or run: chmod o+x ${barrier}`,
    );
  const socketDir = socketDirFor(dataDir, user !== undefined, owner.uid);
  makeSocketDir(socketDir, owner);
  return socketDir;
}

function embeddedPostgres({ settings, databaseUser }: PlatformOptions, socketDir: string) {
  const binaries = installPostgres(settings.dataDir);
  const cluster = { dir: clusterDir(settings.dataDir, binaries.version), binaries, user: databaseUser };
  makeCluster(cluster);
  writeAccessRules(cluster);
  return { role: postgresRole(cluster, socketDir), url: postgresSocketUrl(socketDir) };
}

function embeddedRedis({ settings, env, databaseUser }: PlatformOptions, socketDir: string) {
  const place = {
    dir: redisDir(settings.dataDir),
    socketPath: `${socketDir}/redis.sock`,
    password: knownPassword(dataPaths(settings.dataDir).redisUrl) ?? randomBytes(24).toString("hex"),
    user: databaseUser,
  };
  return { role: redisRole(place, env.PATH ?? ""), url: redisSocketUrl(place.socketPath, place.password) };
}

/** The password stays the same, so that a running Redis can be adopted. */
function knownPassword(urlPath: string): string | undefined {
  return existsSync(urlPath) ? redisOptions(readFileSync(urlPath, "utf8").trim()).password : undefined;
}
