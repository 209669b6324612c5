import { randomBytes } from "node:crypto";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { archiveAttributes } from "./archive";
import { gitFault, runGit } from "./git-process";
import { entriesIn } from "./leftovers";

/**
 * A repository's directory appears and disappears by a rename, whole or not at all: what is under way has another name, beside it.
 */
const besideIt = (directory: string, what: "new" | "removed"): string =>
  join(dirname(directory), `.${what}-${basename(directory)}-${randomBytes(6).toString("hex")}`);

/** Clears what half-done creations and removals left below a root. */
export async function clearUnfinished(root: string): Promise<void> {
  const unfinished = (await entriesIn(root)).filter((entry) => /^\.(new|removed)-/.test(entry.name));
  await Promise.all(unfinished.map((entry) => rm(join(root, entry.name), { recursive: true, force: true })));
}

/** Makes an empty repository; one that another call has made meanwhile is success. */
export async function makeRepository(environment: Record<string, string>, directory: string): Promise<void> {
  const unfinished = besideIt(directory, "new");
  const result = await runGit(environment, [
    "init",
    "--quiet",
    "--bare",
    "--template=",
    "--initial-branch=main",
    unfinished,
  ]);
  if (result.code !== 0) throw gitFault("create the app's repository", result);
  await mkdir(join(unfinished, "info"), { recursive: true });
  await writeFile(join(unfinished, "info", "attributes"), archiveAttributes);
  try {
    await rename(unfinished, directory);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(directory))) throw error; // else another call was first
  }
}

/** Removes a repository; gone is success. */
export async function removeRepository(directory: string): Promise<void> {
  const removed = besideIt(directory, "removed");
  try {
    await rename(directory, removed);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  await rm(removed, { recursive: true, force: true });
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}
