import { rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { entriesIn } from "./leftovers";

/** A lock file of git, which says that a process changes what it locks. */
export interface StaleLock {
  repository: string;
  /** Relative to the repository, e.g. refs/heads/main.lock */
  file: string;
  ageMs: number;
}

/** Lock files of refs and of the repository's own files that are older than a process may live. */
export async function locksOlderThan(repository: string, ageMs: number, now: number): Promise<StaleLock[]> {
  const files = [...(await locksIn(repository, false)), ...(await locksIn(join(repository, "refs"), true))];
  const found: StaleLock[] = [];
  for (const path of files) {
    const age = now - ((await changedAt(path)) ?? now);
    if (age > ageMs) found.push({ repository, file: relative(repository, path), ageMs: age });
  }
  return found;
}

/** Gone is success. */
export async function removeLock({ repository, file }: StaleLock): Promise<void> {
  await rm(join(repository, file), { force: true });
}

async function locksIn(directory: string, deep: boolean): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await entriesIn(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && deep) paths.push(...(await locksIn(path, true)));
    else if (entry.isFile() && entry.name.endsWith(".lock")) paths.push(path);
  }
  return paths;
}

async function changedAt(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    },
  );
}
