import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { endOf, gitFault, spawnGit, stderrOf } from "./git-process";

/**
 * Attributes that outrank every .gitattributes of the tree: what was pushed is what is built, whatever `export-ignore` or
 * `export-subst` say about release tarballs.
 */
export const archiveAttributes = "* !export-ignore !export-subst\n";

/** Writes a commit's tree as an uncompressed tar. The file appears whole and durable, or not at all. */
export async function writeArchive(
  environment: Record<string, string>,
  directory: string,
  commit: string,
  file: string,
): Promise<void> {
  const unfinished = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const handle = await open(unfinished, "wx", 0o600);
    try {
      const child = spawnGit(environment, ["archive", "--format=tar", commit], {
        cwd: directory,
        stdio: ["ignore", handle.fd, "pipe"],
      });
      const stderr = stderrOf(child);
      const code = await endOf(child);
      if (code !== 0) throw gitFault(`write the source archive of ${commit}`, { code, stderr: stderr() });
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
    await syncDirectory(dirname(file));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
