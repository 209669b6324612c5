import { posix } from "node:path";
import type { ContextEntry } from "../context-entry";

/** The entries as BuildKit takes them: each directory before what is in it, also one that nobody named, by the bytes of the names. */
export function listing(entries: ContextEntry[]): ContextEntry[] {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries)
    for (let above = posix.dirname(path); above !== "." && !byPath.has(above); above = posix.dirname(above))
      byPath.set(above, directory(above));
  return [...byPath.values()]
    .map((entry) => ({ entry, key: Buffer.from(entry.path.replaceAll("/", "\0")) }))
    .sort((a, b) => a.key.compare(b.key))
    .map(({ entry }) => entry);
}

const directory = (path: string): ContextEntry => ({
  path,
  type: "directory",
  mode: 0o755,
  mtimeMs: 0,
  linkname: "",
  size: 0,
  content: nothing,
});

async function* nothing(): AsyncGenerator<Uint8Array> {}
