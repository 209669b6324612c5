import { constants } from "node:fs";
import { lstat, open, readdir, readlink, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { types } from "node:util";
import { type BuildpackSource, buildpackText } from "../../core/buildpack-source";
import { PaasError } from "../../core/error";
import type { ContextEntry } from "../image/context-entry";

type FileSource = Extract<BuildpackSource, { from: "file" }>;

/** A buildpack of the builder's machine, for the context of a build. */
export interface MachineBuildpack {
  /** As the source has it. */
  path: string;
  /** `tree` and what is below it, or `archive`. */
  entries: ContextEntry[];
}

const maxBytes = 256 * 2 ** 20;
const maxEntries = 50_000;

/**
 * Looks at a buildpack that an operator has put below `directory`. Symbolic links in it stay links, which nobody follows on this machine.
 * Throws `build_failed` with what to do.
 */
export async function machineBuildpack(directory: string, source: FileSource): Promise<MachineBuildpack> {
  const entries: ContextEntry[] = [];
  let bytes = 0;
  const add = (entry: Pick<ContextEntry, "path" | "type"> & Partial<ContextEntry>): void => {
    entries.push({ ...plain, ...entry });
    bytes += entry.size ?? 0;
    if (entries.length <= maxEntries && bytes <= maxBytes) return;
    throw fault(source, `has more than ${maxEntries} files or ${maxBytes / 2 ** 20} MiB.`);
  };
  const walk = async (path: string, name: string): Promise<void> => {
    const state = await lstat(path);
    if (state.isFile()) add({ path: name, type: "file", ...fileAt(path, state) });
    else if (state.isSymbolicLink())
      add({ path: name, type: "symlink", mode: 0o777, linkname: await readlink(path) });
    else if (!state.isDirectory()) throw fault(source, `holds ${name}, which is no file.`);
    else {
      add({ path: name, type: "directory" });
      for (const child of (await readdir(path)).sort()) await walk(join(path, child), `${name}/${child}`);
    }
  };
  const path = await placeBelow(directory, source);
  await walk(path, (await lstat(path)).isFile() ? "archive" : "tree");
  return { path: source.path, entries };
}

const plain = { mode: 0o755, mtimeMs: 0, linkname: "", size: 0, async *content() {} };

const fileAt = (path: string, { size, mode }: { size: number; mode: number }) => ({
  size,
  mode: (mode & 0o100) !== 0 ? 0o755 : 0o644,
  async *content(): AsyncGenerator<Uint8Array> {
    if (size === 0) return;
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    // No more than was announced, however it grows.
    yield* file.createReadStream({ end: size - 1 });
  },
});

/** Whether it exists is told only of what is below the directory, and links on the way must not lead out of it. */
async function placeBelow(directory: string, source: FileSource): Promise<string> {
  const outside = fault(
    source,
    `is not below ${directory}, from where this platform takes buildpacks of its machine: an operator can put it there, or say where they are (PAAS_BUILDPACKS_DIR).`,
  );
  if (!source.path.startsWith(`${directory}/`)) throw outside;
  const real = await realpathOf(directory);
  const path = await realpathOf(source.path);
  if (real === null || path === null) throw fault(source, "is not there: an operator can put it there.");
  if (!path.startsWith(real + sep)) throw outside;
  return path;
}

async function realpathOf(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (types.isNativeError(error) && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

const fault = (source: FileSource, what: string): PaasError =>
  new PaasError("build_failed", `The buildpack ${buildpackText(source)} ${what}`);
