import type { Header } from "tar-stream";
import { PaasError } from "../core/error";

/** Bounds of a source archive. */
export interface SourceLimits {
  maxBytes: number;
  maxEntries: number;
  maxPathBytes: number;
}

export const sourceLimits: SourceLimits = { maxBytes: 2 * 2 ** 30, maxEntries: 200_000, maxPathBytes: 4000 };

export interface SourceEntry {
  /** Relative, with single slashes, no dot segments, no slash at the end. */
  path: string;
  type: "file" | "directory" | "symlink";
}

/**
 * Checks the entries of one archive in turn; throws `build_failed` for what a source tree cannot hold: a path that leaves the
 * tree or goes through a link, a device, a hard link, too much of anything. Null for the entry of the root itself.
 */
export function entryCheck(limits: SourceLimits): (header: Header) => SourceEntry | null {
  const links = new Set<string>();
  let entries = 0;
  let bytes = 0;
  return (header) => {
    entries += 1;
    bytes += header.size ?? 0;
    if (entries > limits.maxEntries) throw refused(`it has more than ${limits.maxEntries} files`);
    if (bytes > limits.maxBytes)
      throw refused(`it is larger than ${Math.floor(limits.maxBytes / 2 ** 20)} MiB`);
    const path = checkedPath(header.name, limits);
    if (path === null) return null;
    const type = typeOf(header, path);
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
      if (links.has(path.slice(0, at))) throw refused(`${shown(path)} lies behind a symbolic link`);
    if (type === "symlink") links.add(path);
    else links.delete(path);
    return { path, type };
  };
}

function checkedPath(name: string, limits: SourceLimits): string | null {
  if (Buffer.byteLength(name) > limits.maxPathBytes) throw refused(`the path ${shown(name)} is too long`);
  if (name.startsWith("/") || name.includes("\0")) throw refused(`the path ${shown(name)} is not relative`);
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw refused(`the path ${shown(name)} leaves the tree`);
  if (parts.some((part) => Buffer.byteLength(part) > 255))
    throw refused(`a name in ${shown(name)} is too long`);
  return parts.length === 0 ? null : parts.join("/");
}

function typeOf(header: Header, path: string): SourceEntry["type"] {
  const { type } = header;
  if (type === "file" || type === "contiguous-file" || type === null || type === undefined) return "file";
  if (type === "directory" || type === "symlink") return type;
  throw refused(`${shown(path)} is neither a file nor a directory nor a symbolic link`);
}

const shown = (path: string): string => JSON.stringify(path.length > 80 ? `${path.slice(0, 77)}...` : path);

const refused = (why: string): PaasError =>
  new PaasError("build_failed", `The source cannot be built: ${why}.`);
