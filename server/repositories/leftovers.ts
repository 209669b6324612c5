import type { Dirent } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** The entries of a directory; none when it is gone meanwhile or was never there. */
export async function entriesIn(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/**
 * Removes what git processes of a dead server left in a repository: lock files of refs and of the repository's own files, and
 * half-received objects and uploads. Only safe while no git process writes there, that is at the server's start.
 */
export async function removeLeftovers(directory: string): Promise<void> {
  const own = (await entriesIn(directory)).filter((entry) => entry.isFile() && entry.name.endsWith(".lock"));
  await Promise.all(own.map((entry) => rm(join(directory, entry.name), { force: true })));
  await removeLocks(join(directory, "refs"));
  await removeMatching(directory, /^(incoming-|fast_import_crash_)/);
  await removeMatching(join(directory, "objects"), /^(tmp_objdir-)?incoming-/);
  await removeMatching(join(directory, "objects", "pack"), /^tmp_/);
}

async function removeLocks(directory: string): Promise<void> {
  for (const entry of await entriesIn(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await removeLocks(path);
    else if (entry.name.endsWith(".lock")) await rm(path, { force: true });
  }
}

async function removeMatching(directory: string, pattern: RegExp): Promise<void> {
  const found = (await entriesIn(directory)).filter((entry) => pattern.test(entry.name));
  await Promise.all(found.map((entry) => rm(join(directory, entry.name), { recursive: true, force: true })));
}
