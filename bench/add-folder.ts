import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Pack } from "tar-stream";

/** Packs all files of a folder under another name. */
export async function addFolder(context: Pack, path: string, name: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    context.entry({ name: `${name}/${file.slice(path.length + 1)}` }, await readFile(file));
  }
}
