import { lstat, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { invalid } from "../../core/error";
import { git, mustGit } from "../git";

/** What of a directory is sent, and what git knows of it. */
export interface SourceList {
  /** Paths below the directory; some may have been deleted from it meanwhile. */
  paths: string[];
  /** The commit that is checked out and how many files differ from it; null where git keeps none. */
  state: { commit: string; changed: number } | null;
}

const listing = ["ls-files", "-z", "--others", "--exclude-standard"];

/**
 * The files of a directory that git would take, committed or not: what .gitignore names stays out. Where git keeps nothing, or ignores
 * the whole directory, its files count as they are, less node_modules. Throws `invalid` for a repository inside, whose files are not its own.
 */
export async function listFiles(directory: string): Promise<SourceList> {
  const kept = await isKept(directory);
  const listed = kept
    ? await mustGit(directory, [...listing, "--cached", "--deduplicate"])
    : await listPlain(directory);
  const paths = listed.split("\0").filter((path) => path !== "");
  const nested = paths.find((path) => path.endsWith("/"));
  if (nested !== undefined) throw ownRepository(nested);
  if (paths.some((path) => path.includes("\uFFFD")))
    throw invalid("A file's name is not UTF-8: rename it, or pack the directory with tar yourself.");
  return { paths, state: kept ? await stateOf(directory) : null };
}

export const ownRepository = (path: string): Error =>
  invalid(
    `${path} is a git repository of its own (a submodule?), whose files git does not count here. Send all files: tar -cz . | paas deploy -`,
  );

/** Whether the directory belongs to a git work tree and is not ignored in it. Throws git's own words when git will not look at it. */
async function isKept(directory: string): Promise<boolean> {
  const inside = await git(directory, ["rev-parse", "--is-inside-work-tree"]);
  if (inside.exitCode === 0 && inside.stdout.trim() === "true")
    return (await git(directory, ["check-ignore", "--quiet", directory])).exitCode !== 0;
  if (inside.exitCode !== 0 && (await hasRepositoryAbove(directory)))
    await mustGit(directory, ["rev-parse", "--is-inside-work-tree"]);
  return false;
}

async function hasRepositoryAbove(directory: string): Promise<boolean> {
  const found = await lstat(join(directory, ".git")).then(
    () => true,
    () => false,
  );
  return found || (directory !== dirname(directory) && hasRepositoryAbove(dirname(directory)));
}

/** Git can list by its rules with a repository that is elsewhere and empty. */
async function listPlain(directory: string): Promise<string> {
  const elsewhere = await mkdtemp(join(tmpdir(), "paas-deploy-"));
  try {
    await mustGit(directory, ["init", "--quiet", "--bare", elsewhere]);
    const as = ["--git-dir", elsewhere, "--work-tree", directory];
    return await mustGit(directory, [...as, ...listing, "--exclude=node_modules"]);
  } finally {
    await rm(elsewhere, { recursive: true, force: true });
  }
}

async function stateOf(directory: string): Promise<SourceList["state"]> {
  const head = await git(directory, ["rev-parse", "--verify", "--quiet", "HEAD"]);
  if (head.exitCode !== 0) return null;
  const status = await mustGit(directory, [
    "status",
    "--porcelain",
    "-z",
    "--no-renames",
    "--untracked-files=all",
    "--",
    ".",
  ]);
  return { commit: head.stdout.trim(), changed: status.split("\0").length - 1 };
}
