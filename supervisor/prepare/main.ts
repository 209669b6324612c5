import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { dataPaths } from "../../core/data-paths";
import { messageOf } from "../../core/error";
import { readSettings } from "../../core/settings";
import { prepareDataDir } from "../data-dir";
import { makePlatformFiles } from "../platform-files";

/**
 * Makes a data directory with the platform's id, secret key and first admin token, once, and ends: the service `prepare` of
 * docker-compose.yml, where no supervisor does it. The database lies elsewhere there; repositories tell whether this platform has lived before.
 */
function main(): void {
  const settings = readSettings(process.env, { uid: process.getuid?.() ?? -1, home: homedir() });
  const dataDir = prepareDataDir(settings.dataDir, undefined);
  makePlatformFiles({ ...settings, dataDir }, hasRepositories(dataPaths(dataDir).repositories));
}

const hasRepositories = (path: string): boolean => existsSync(path) && readdirSync(path).length > 0;

try {
  main();
} catch (error) {
  process.stderr.write(` !     ${messageOf(error)}\n`);
  process.exitCode = 1;
}
