import { readFile } from "node:fs/promises";
import { dataPaths } from "../core/data-paths";
import { Sensitive } from "../core/env";
import { PaasError } from "../core/error";
import type { Settings } from "../core/settings";

/** Who this platform is and how it reaches its databases. `paas up` has written it before any role starts. */
export interface Identity {
  platformId: string;
  secretKey: Sensitive<string>;
  /** The local admin's token; null when there is none. */
  adminToken: Sensitive<string> | null;
  databaseUrl: Sensitive<string>;
  redisUrl: Sensitive<string>;
}

/** Reads it from the settings where they say it, else from the data directory. Throws `unavailable` naming the file that is missing. */
export async function readIdentity(settings: Settings): Promise<Identity> {
  const paths = dataPaths(settings.dataDir);
  return {
    platformId: await wanted(paths.platformId),
    secretKey: settings.secretKey ?? new Sensitive(await wanted(paths.secretKey)),
    adminToken: await optional(paths.adminToken),
    databaseUrl: settings.databaseUrl ?? new Sensitive(await wanted(paths.databaseUrl)),
    redisUrl: settings.redisUrl ?? new Sensitive(await wanted(paths.redisUrl)),
  };
}

async function optional(file: string): Promise<Sensitive<string> | null> {
  try {
    return new Sensitive((await readFile(file, "utf8")).trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function wanted(file: string): Promise<string> {
  const text = await optional(file);
  if (text === null)
    throw new PaasError("unavailable", `${file} is missing: start the platform with bin/paas up.`);
  return text.reveal();
}
