import { constants } from "node:fs";
import { lstat, open, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type tar from "tar-stream";
import { conflict, invalid } from "../../core/error";
import { gzippedTar } from "./gzipped-tar";
import { ownRepository } from "./list-files";

/** Packs files of a directory as a gzipped tar, as it is read. Links are packed as links; a file that has gone meanwhile is left out. */
export const packDirectory = (directory: string, paths: string[]): Readable =>
  gzippedTar(async (pack) => {
    for (const path of paths) await packOne(pack, join(directory, path), path);
  });

async function packOne(pack: tar.Pack, file: string, name: string): Promise<void> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });
  if (!found) return;
  if (found.isDirectory()) throw ownRepository(name);
  if (found.isSymbolicLink()) {
    pack.entry({ name, type: "symlink", linkname: await readlink(file) });
    return;
  }
  if (!found.isFile()) throw invalid(`${name} is neither a file nor a link: name it in .gitignore.`);
  // Not through a link that it has become since.
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: Error) => {
    throw invalid(`${name} cannot be read (${error.message}): make it readable, or name it in .gitignore.`);
  });
  const { size, mode } = await handle.stat();
  const header = { name, size, mode: mode & 0o100 ? 0o755 : 0o644 };
  if (size === 0) {
    pack.entry(header, "");
    return handle.close();
  }
  await pipeline(handle.createReadStream({ start: 0, end: size - 1 }), pack.entry(header)).catch(() => {
    throw conflict(`${name} was changed while it was read: run the command again.`);
  });
}
