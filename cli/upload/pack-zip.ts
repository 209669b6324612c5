import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type tar from "tar-stream";
import { type Entry, fromFdPromise, openPromise, type ZipFile } from "yauzl";
import { invalid, isPaasError, messageOf, type PaasError } from "../../core/error";
import { entryCheck, maxTargetBytes, sourceLimits } from "../../core/source-entry";
import { gzippedTar } from "./gzipped-tar";

/** Whether a file is a zip archive, by how it begins. */
export async function isZip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer: head } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return beginsLikeZip(head);
  } finally {
    await file.close();
  }
}

/** By its first four bytes. */
export const beginsLikeZip = (head: Buffer): boolean =>
  ["PK\x03\x04", "PK\x05\x06"].includes(head.toString("latin1", 0, 4));

/** Packs what a zip archive holds as a gzipped tar. What is no source tree is refused by the same rules as a tar's entries. */
export async function packZip(path: string): Promise<Readable> {
  return repacked(basename(path), await opened(basename(path), openPromise(path)));
}

/** The same for a file that is open already, and is closed in the end. `name` is for errors. */
export async function packOpenZip(name: string, file: FileHandle): Promise<Readable> {
  try {
    const zip = await opened(name, fromFdPromise(file.fd, { autoClose: false }));
    return repacked(name, zip).once("close", () => void file.close());
  } catch (error) {
    await file.close();
    throw error;
  }
}

const opened = (name: string, zip: Promise<ZipFile>): Promise<ZipFile> =>
  zip.catch((error: unknown) => {
    throw unreadable(name, error);
  });

const repacked = (name: string, zip: ZipFile): Readable =>
  gzippedTar(async (pack) => {
    try {
      await fill(pack, zip);
    } catch (error) {
      throw isPaasError(error) ? error : unreadable(name, error);
    }
  });

async function fill(pack: tar.Pack, zip: ZipFile): Promise<void> {
  const check = entryCheck(sourceLimits, refused);
  for await (const entry of zip.eachEntry()) {
    const { fileName: name, uncompressedSize: size } = entry;
    const found = check({ name, size, type: typeOf(entry) });
    // What macOS knows of the files, beside them.
    if (found?.type !== "file" && found?.type !== "symlink") continue;
    if (found.path.startsWith("__MACOSX/")) continue;
    if (entry.isEncrypted()) throw refused(`${JSON.stringify(found.path)} is encrypted`);
    await packEntry(pack, found, entry, await zip.openReadStreamPromise(entry));
  }
}

async function packEntry(
  pack: tar.Pack,
  { path: name, type }: { path: string; type: string },
  entry: Entry,
  content: Readable,
): Promise<void> {
  const size = entry.uncompressedSize;
  if (type === "symlink") {
    if (size > maxTargetBytes) throw refused(`the link ${JSON.stringify(name)} leads too far`);
    pack.entry({ name, type, linkname: (await buffer(content)).toString() });
  } else await pipeline(content, pack.entry({ name, size, mode: modeOf(entry) & 0o100 ? 0o755 : 0o644 }));
}

/** Archives of Unix have a file's mode; those of others have none. */
const modeOf = ({ versionMadeBy, externalFileAttributes }: Entry): number =>
  versionMadeBy >> 8 === 3 ? externalFileAttributes >>> 16 : 0;

const kinds = new Map([
  [0, "file"],
  [constants.S_IFREG, "file"],
  [constants.S_IFDIR, "directory"],
  [constants.S_IFLNK, "symlink"],
]);
const typeOf = (entry: Entry): string =>
  entry.fileName.endsWith("/") ? "directory" : (kinds.get(modeOf(entry) & constants.S_IFMT) ?? "special");

const refused = (why: string): PaasError => invalid(`The archive cannot be taken: ${why}.`);
const unreadable = (name: string, error: unknown): Error =>
  invalid(`${name} cannot be read as a zip archive (${messageOf(error)}).`);
