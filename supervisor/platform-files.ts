import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { dataPaths } from "../core/data-paths";
import { PaasError } from "../core/error";
import { newId } from "../core/id";
import type { Settings } from "../core/settings";
import { createDurably } from "./durable-file";

/**
 * Makes what a platform has once and for all: its id, its secret key, its first admin token (0600, never overwritten).
 * Throws `unavailable` when id or key are gone but data made with them is there: new ones would orphan every container, or make all
 * config vars unreadable.
 */
export function makePlatformFiles(settings: Settings, hasData: boolean): void {
  const paths = dataPaths(settings.dataDir);
  if (hasData) refuseIfLost(paths.platformId, "its containers could not be recognised", "");
  createDurably(paths.platformId, newId(8));
  if (settings.secretKey === undefined) {
    if (hasData) refuseIfLost(paths.secretKey, "config vars could not be read", " or set PAAS_SECRET_KEY");
    createDurably(paths.secretKey, randomBytes(32).toString("hex"));
  }
  createDurably(paths.adminToken, `paas_${newId(32)}`);
}

function refuseIfLost(path: string, consequence: string, alternative: string): void {
  if (existsSync(path)) return;
  throw new PaasError(
    "unavailable",
    `${path} is missing, but the database of this platform is there; with a new one ${consequence}. Restore the file from a backup${alternative}.`,
  );
}
