import tar from "tar-stream";
import type { SourceView } from "../../buildpacks/buildpack";
import { PaasError } from "../../core/error";
import { entryCheck, type SourceEntry, type SourceLimits } from "../../core/source-entry";
import type { ContextEntry } from "../image/context-entry";
import type { Archive } from "./archive";
import { refusedSource } from "./refused-source";

const maxTextBytes = 1 << 20;
/** Of a file whose beginning is enough. */
const headBytes = 4096;

export interface Reads {
  whole: ReadonlySet<string>;
  head: ReadonlySet<string>;
}

export interface SourceTree {
  /** All of it; the bytes are read from the archive, which has to be open then. */
  entries: ContextEntry[];
  view: Pick<SourceView, "names" | "files" | "texts">;
}

/**
 * Looks through an archive, once: every entry is checked, and kept with where its bytes are; the text of `reads` is kept whole. Paths are
 * those below `root`, if it is given.
 */
export async function surveySource(
  archive: Archive,
  root: string | undefined,
  reads: Reads,
  limits: SourceLimits,
): Promise<SourceTree> {
  const entries = new Map<string, ContextEntry>();
  const texts = new Map<string, string>();
  const check = entryCheck(limits, refusedSource);
  const extract = tar.extract();
  const source = archive.read();
  source.on("error", (error) => extract.destroy(error));
  source.pipe(extract);
  for await (const entry of extract) {
    const found = check(entry.header);
    const path = found && below(found.path, root);
    if (path) entries.set(path, contextEntry({ ...found, path }, entry.header, archive));
    if (path && found.type === "file" && reads.whole.has(path))
      texts.set(path, await textOf(entry, entry.header.size, path));
    else if (path && found.type === "file" && reads.head.has(path)) texts.set(path, await headOf(entry));
    else entry.resume();
  }
  const all = [...entries.values()];
  const names = new Set(all.map(({ path }) => path.split("/", 1)[0] ?? ""));
  const files = new Set(all.filter(({ type }) => type === "file").map(({ path }) => path));
  return { entries: all, view: { names, files, texts } };
}

/** Null for what is not below the root. */
function below(path: string, root: string | undefined): string | null {
  if (root === undefined) return path;
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
}

/** Of an owner, and of modes that git does not know (setuid, world-writable), nothing is kept. */
function contextEntry(
  { path, type }: SourceEntry,
  header: tar.Header & { byteOffset?: number },
  archive: Archive,
): ContextEntry {
  const { byteOffset: at = 0, mode = 0, mtime, linkname } = header;
  const size = type === "file" ? (header.size ?? 0) : 0;
  return {
    path,
    type,
    mode: permissions[type] ?? ((mode & 0o100) !== 0 ? 0o755 : 0o644),
    mtimeMs: mtime?.getTime() ?? 0,
    linkname: type === "symlink" ? (linkname ?? "") : "",
    size,
    content: () => archive.slice(at, size),
  };
}

const permissions: Partial<Record<SourceEntry["type"], number>> = { directory: 0o755, symlink: 0o777 };

async function textOf(entry: AsyncIterable<unknown>, size: number, path: string): Promise<string> {
  if (size > maxTextBytes)
    throw new PaasError("build_failed", `${path} is larger than ${maxTextBytes} bytes.`);
  const chunks: Buffer[] = [];
  for await (const chunk of entry) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

async function headOf(entry: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of entry) {
    if (Buffer.isBuffer(chunk) && bytes < headBytes) chunks.push(chunk);
    bytes += Buffer.isBuffer(chunk) ? chunk.length : 0;
  }
  return Buffer.concat(chunks).subarray(0, headBytes).toString("utf8");
}
