import type { PaasError } from "./error";

/** Bounds of a source archive. */
export interface SourceLimits {
  maxBytes: number;
  maxEntries: number;
  maxPathBytes: number;
}

export const sourceLimits: SourceLimits = { maxBytes: 2 * 2 ** 30, maxEntries: 200_000, maxPathBytes: 4000 };

/** Of an archive as it is sent; what it unpacks to has the limits above. */
export const maxUploadBytes = 2 ** 30;

/** The longest target of a link that a Linux machine has. */
export const maxTargetBytes = 4095;

/** What a tar says of an entry. */
export interface EntryHeader {
  name: string;
  size?: number | null | undefined;
  /** As tar-stream calls it; null for a type it does not know. */
  type?: string | null | undefined;
  /** Where a symbolic link leads. */
  linkname?: string | null | undefined;
  /** Its extended headers by name. */
  pax?: unknown;
}

export interface SourceEntry {
  /** Relative, with single slashes, no dot segments, no slash at the end. */
  path: string;
  type: "file" | "directory" | "symlink";
}

/** Makes the error of who refuses; `why` is half a sentence, e.g. `the path "../x" leaves the tree`. */
type Refuse = (why: string) => PaasError;

/**
 * Checks the entries of one archive in turn; throws what `refuse` makes for what a source tree cannot hold: a path that leaves the
 * tree or goes through a link, a device, a hard link, a sparse file, too much of anything. Null for the entry of the root itself.
 */
export function entryCheck(
  limits: SourceLimits,
  refuse: Refuse,
): (header: EntryHeader) => SourceEntry | null {
  const links = new Set<string>();
  let entries = 0;
  let bytes = 0;
  return (header) => {
    entries += 1;
    bytes += sizeOf(header, refuse);
    if (entries > limits.maxEntries) throw refuse(`it has more than ${limits.maxEntries} files`);
    if (bytes > limits.maxBytes)
      throw refuse(`it is larger than ${Math.floor(limits.maxBytes / 2 ** 20)} MiB`);
    const path = checkedPath(header.name, limits, refuse);
    if (path === null) return null;
    const type = typeOf(header, path, refuse);
    if (type === "symlink") checkTarget(header.linkname ?? "", path, refuse);
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
      if (links.has(path.slice(0, at))) throw refuse(`${shown(path)} lies behind a symbolic link`);
    if (type === "symlink") links.add(path);
    else links.delete(path);
    return { path, type };
  };
}

function sizeOf({ name, size }: EntryHeader, refuse: Refuse): number {
  const bytes = size ?? 0;
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw refuse(`${shown(name)} has a size that none can have`);
  return bytes;
}

function checkedPath(name: string, limits: SourceLimits, refuse: Refuse): string | null {
  if (Buffer.byteLength(name) > limits.maxPathBytes) throw refuse(`the path ${shown(name)} is too long`);
  if (name.startsWith("/") || name.includes("\0")) throw refuse(`the path ${shown(name)} is not relative`);
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw refuse(`the path ${shown(name)} leaves the tree`);
  if (parts.some((part) => Buffer.byteLength(part) > 255))
    throw refuse(`a name in ${shown(name)} is too long`);
  return parts.length === 0 ? null : parts.join("/");
}

function typeOf({ type, pax }: EntryHeader, path: string, refuse: Refuse): SourceEntry["type"] {
  if (type === "link")
    throw refuse(
      `${shown(path)} is a hard link, which only a disk can hold: pack it with tar --hard-dereference`,
    );
  // Where the holes are is told in ways of its own, which nobody here reads.
  if (Object.keys(pax ?? {}).some((key) => key.startsWith("GNU.sparse")))
    throw refuse(`${shown(path)} is a sparse file: pack it without tar's --sparse`);
  if (type === "file" || type === "contiguous-file") return "file";
  if (type === "directory" || type === "symlink") return type;
  throw refuse(`${shown(path)} is neither a file nor a directory nor a symbolic link`);
}

/** Any place, in the image it means one of its own; but one that a Linux machine can hold. */
function checkTarget(target: string, path: string, refuse: Refuse): void {
  if (Buffer.byteLength(target) > maxTargetBytes || target.includes("\0"))
    throw refuse(`the link ${shown(path)} leads to no place that a disk can hold`);
}

const shown = (path: string): string => JSON.stringify(path.length > 80 ? `${path.slice(0, 77)}...` : path);
