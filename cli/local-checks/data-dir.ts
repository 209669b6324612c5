import { accessSync, constants, statfsSync } from "node:fs";
import { type Finding, fault, judgeDisk } from "../../core/doctor";

/** The data directory: there, ours to write, and with room. */
export function checkDataDir(dataDir: string): Finding {
  try {
    accessSync(dataDir, constants.W_OK | constants.X_OK);
    const { bavail, blocks, bsize } = statfsSync(dataDir);
    return judgeDisk("data directory", dataDir, bavail * bsize, blocks * bsize);
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    return fault("disk", {
      what: `the data directory ${dataDir} cannot be used (${code})`,
      meaning: "No role can start.",
      remedy:
        code === "ENOENT"
          ? "paas up makes it; if the platform lies elsewhere, set PAAS_DATA_DIR."
          : "Run paas as the user who started the platform, or set PAAS_DATA_DIR.",
    });
  }
}
