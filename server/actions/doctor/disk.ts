import { stat, statfs } from "node:fs/promises";
import { dataPaths } from "../../../core/data-paths";
import { type Finding, judgeBallast, judgeDisk } from "../../../core/doctor";
import type { Check } from "./check";

export const diskCheck: Check = {
  name: "disk",
  async look(ctx) {
    const data = await lookAt("data directory", ctx.settings.dataDir);
    const { dataDir } = await ctx.engine.info();
    // A Docker Engine on another host, or in another mount namespace, has its disk there.
    const docker = await lookAt("Docker's directory", dataDir).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "EACCES") return null;
      throw error;
    });
    const ballast = judgeBallast(
      ctx.settings.ballastBytes,
      await bytesAt(dataPaths(ctx.settings.dataDir).ballast),
    );
    return docker === null ? [data, ballast] : [data, docker, ballast];
  },
};

async function bytesAt(path: string): Promise<number> {
  try {
    return (await stat(path)).blocks * 512;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

async function lookAt(name: string, path: string): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(path);
  return judgeDisk(name, path, bavail * bsize, blocks * bsize);
}
