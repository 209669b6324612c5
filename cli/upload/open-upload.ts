import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { Readable } from "node:stream";
import { invalid } from "../../core/error";
import type { World } from "../world";
import { listFiles, type SourceList } from "./list-files";
import { packDirectory } from "./pack-directory";
import { isZip, packZip } from "./pack-zip";
import { stdinArchive } from "./stdin-archive";

export interface Upload {
  /** What releases say they were deployed from. */
  name: string;
  /** A tar, gzipped or not. */
  body: Readable;
}

/** Opens what a word means: a directory, an archive, or `-` for an archive on stdin. Throws `invalid` for anything else. */
export async function openUpload(world: World, word: string): Promise<Upload> {
  if (word === "-") {
    if (world.stdin.isTTY) throw invalid("There is no archive on stdin: tar -cz . | paas deploy -");
    return { name: "archive from stdin", body: await stdinArchive(world.stdin) };
  }
  const path = resolve(world.cwd, word);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw invalid(
      `${word} cannot be read (${error.code}): name a directory, a tar archive or a zip archive.`,
    );
  });
  if (found.isFile()) {
    const body = (await isZip(path)) ? await packZip(path) : createReadStream(path);
    return { name: `archive ${basename(path)}`, body };
  }
  if (!found.isDirectory()) throw invalid(`${word} is neither a directory nor an archive.`);
  const list = await listFiles(path);
  if (list.paths.length === 0) throw invalid(`${word} holds no files to deploy.`);
  return { name: nameOf(path, list), body: packDirectory(path, list.paths) };
}

function nameOf(path: string, { state }: SourceList): string {
  const name = `directory ${basename(path) || "/"}`;
  if (state === null) return name;
  const changes =
    state.changed === 0 ? "" : ` and ${state.changed} ${state.changed === 1 ? "change" : "changes"}`;
  return `${name} (${state.commit.slice(0, 7)}${changes})`;
}
