import { existsSync, readdirSync, realpathSync } from "node:fs";
import type { ProcessMark } from "../processes/find";

/** The variable in a Node role's environment that says whose it is. */
export const roleVariable = "PAAS_ROLE";

/** Whose role a process is: two platforms' routers differ in the data directory. */
export function roleValue(role: string, dataDir: string): string {
  return `${role}@${dataDir}`;
}

/** Knows a role that is a Node.js program. */
export function nodeRoleMark(role: string, dataDir: string): ProcessMark {
  return { variable: `${roleVariable}=${roleValue(role, dataDir)}`, program: "node" };
}

/** Knows a PostgreSQL by its cluster. */
export function postgresMark(clusterDir: string): ProcessMark {
  return { workingDir: clusterDir, program: "postgres" };
}

export const redisDir = (dataDir: string) => `${dataDir}/redis`;

/** Knows a Redis by its directory; the program is often a link to one of another name. */
export function redisMark(dir: string): ProcessMark {
  return { workingDir: dir, program: "redis" };
}

/** All roles a data directory can have running, in the order in which they are stopped. */
export function allMarks(dataDir: string): { name: string; mark: ProcessMark; stopSignal: NodeJS.Signals }[] {
  const real = existsSync(dataDir) ? realpathSync(dataDir) : dataDir;
  const clusters = existsSync(`${real}/postgres`) ? readdirSync(`${real}/postgres`) : [];
  return [
    ...["builder", "server"].map((name) => ({
      name,
      mark: nodeRoleMark(name, real),
      stopSignal: "SIGTERM" as const,
    })),
    { name: "redis", mark: redisMark(redisDir(real)), stopSignal: "SIGTERM" },
    ...clusters.map((name) => ({
      name: "postgres",
      mark: postgresMark(`${real}/postgres/${name}`),
      stopSignal: "SIGINT" as const,
    })),
    { name: "router", mark: nodeRoleMark("router", real), stopSignal: "SIGTERM" },
  ];
}
