import { rm } from "node:fs/promises";
import { join } from "node:path";
import { gitFault, runGit } from "./git-process";
import type { Repositories } from "./repositories";

/** From how many loose objects or packs on a repository is worth the work; git's own measures. */
export interface TidyLimits {
  looseObjects: number;
  packs: number;
}
export const tidyLimits: TidyLimits = { looseObjects: 6_700, packs: 50 };

/**
 * Packs what pushes have left lying about, if it is much. Safe beside pushes: an object that no ref reaches yet stays for two weeks, which no
 * deploy lasts, and refs are left alone, for a push may hold their locks.
 */
export async function tidy(
  repositories: Pick<Repositories, "path" | "inheritedEnvironment">,
  appId: string,
  limits: TidyLimits = tidyLimits,
): Promise<void> {
  const settings = {
    "gc.auto": limits.looseObjects,
    "gc.autoPackLimit": limits.packs,
    "gc.autoDetach": "false",
    "gc.packRefs": "false",
    "gc.reflogExpire": "never",
    "gc.reflogExpireUnreachable": "never",
    "gc.pruneExpire": "2.weeks.ago",
    "pack.threads": 1,
  };
  const directory = repositories.path(appId);
  // What a gc says goes to a file that keeps the next one from trying for a day: ours is read here.
  await rm(join(directory, "gc.log"), { force: true });
  const words = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const result = await runGit(
    repositories.inheritedEnvironment(),
    ["--git-dir", directory, ...words, "gc", "--auto", "--quiet"],
    directory,
  );
  if (result.code !== 0) throw gitFault("tidy a repository", result);
}
