import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dataPaths } from "../../core/data-paths";
import { freePort } from "../platform";

const main = join(__dirname, "../../router/main.js");

/** A router of two workers, as a platform has it; resolves when it serves. */
export async function startRouter(
  redisUrl: string,
  platformId: string,
  defer: (undo: () => Promise<unknown>) => void,
): Promise<ChildProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), "paas-bench-table-"));
  defer(() => rm(dataDir, { recursive: true, force: true }));
  const paths = dataPaths(dataDir);
  for (const path of [paths.redisUrl, paths.routerSocket]) await mkdir(dirname(path), { recursive: true });
  await writeFile(paths.redisUrl, redisUrl);
  await writeFile(paths.platformId, platformId);
  const env = {
    PATH: process.env.PATH,
    PAAS_DATA_DIR: dataDir,
    PAAS_HTTP_PORT: String(await freePort()),
    PAAS_ROUTER_WORKERS: "2",
  };
  const router = spawn(process.execPath, [main], { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  defer(async () => {
    if (router.exitCode !== null) return;
    router.kill("SIGKILL");
    await once(router, "exit");
  });
  await once(router, "message");
  return router;
}
