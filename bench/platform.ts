import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataPaths } from "../core/data-paths";
import { run } from "./command";
import { removeLeftovers } from "./leftovers";

/** A platform of the bench's own: other data directory, other ports; it leaves nothing behind. */
export interface BenchPlatform {
  /** Holds all of it; its home, too. */
  folder: string;
  dataDir: string;
  httpPort: number;
  /** Environment for `paas` and `git`, with a home of their own. */
  env: NodeJS.ProcessEnv;
  paas(args: string[], cwd?: string): Promise<string>;
  /** What labels its things on the engine. */
  id(): Promise<string>;
  stop(): Promise<void>;
}

export const program = join(__dirname, "../../bin/paas");

/** Starts a platform, with settings of its own, and waits until every role is ready. */
export async function startPlatform(
  env: NodeJS.ProcessEnv,
  settings: Record<string, string> = {},
): Promise<BenchPlatform> {
  const folder = await mkdtemp(join(tmpdir(), "paas-bench-"));
  // The databases run as another user, who must be able to reach them.
  await chmod(folder, 0o755);
  // At once: one after the other could be the same.
  const [httpPort, apiPort] = await Promise.all([freePort(), freePort()]);
  const own = {
    ...withoutPaas(env),
    ...settings,
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, "config"),
    PAAS_DATA_DIR: join(folder, "data"),
    PAAS_HTTP_PORT: String(httpPort),
    PAAS_API_PORT: String(apiPort),
  };
  const paas = (args: string[], cwd = folder) => run(program, args, { cwd, env: own });
  const id = async () => (await readFile(dataPaths(own.PAAS_DATA_DIR).platformId, "utf8")).trim();
  const stop = async () => {
    const platformId = await id().catch(() => null);
    await paas(["down"]);
    if (platformId !== null) await removeLeftovers(platformId, env);
    await rm(folder, { recursive: true, force: true });
  };
  await paas(["up", "--detach"]).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { folder, dataDir: own.PAAS_DATA_DIR, httpPort, env: own, paas, id, stop };
}

/** Settings of the caller's platform must not reach this one. */
const withoutPaas = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(PAAS_|DATABASE_URL$|REDIS_URL$|GIT_)/.test(name)),
  );

/** A port on which nothing listens just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
