import { statfs } from "node:fs/promises";
import { type Finding, judgeDisk } from "../../../core/doctor";
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
    return docker === null ? [data] : [data, docker];
  },
};

async function lookAt(name: string, path: string): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(path);
  return judgeDisk(name, path, bavail * bsize, blocks * bsize);
}
