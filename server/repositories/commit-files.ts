import { isUtf8 } from "node:buffer";
import { invalid, notFound } from "../../core/error";
import type { GitObject, ObjectReader } from "./object-reader";

/** What a deploy needs to know of a commit before it is built. */
export interface CommitFiles {
  /** The committer's date, as ISO 8601 in UTC. */
  date: string;
  /** Text of each asked file of the tree's root; null when the commit has none. */
  files: Record<string, string | null>;
}

const maxCommitBytes = 1024 * 1024;
const maxRootTreeBytes = 16 * 1024 * 1024;

/**
 * Reads a commit's date and files of its root, as git blobs: never through a file system, where a symbolic link could lead elsewhere.
 * `directory` stands for the root, if given. Throws `not_found` for an unknown commit, `invalid` for a link, a directory, bytes that are no text or a file over maxBytes.
 */
export async function readCommitFiles(
  reader: ObjectReader,
  commit: string,
  names: string[],
  maxBytes: number,
  directory?: string,
): Promise<CommitFiles> {
  const object = await reader.read(commit, maxCommitBytes);
  if (object?.type !== "commit") throw notFound(`There is no commit ${commit} in the app's repository.`);
  const root = await reader.read(directory ? `${commit}:${directory}` : `${commit}^{tree}`, maxRootTreeBytes);
  if (directory && root?.type !== "tree")
    throw invalid(
      `The commit has no directory ${directory}, which is the app's root: correct it with paas builds:set --root.`,
    );
  const entries = root ? treeEntries(root.content) : new Map<string, TreeEntry>();
  const files: Record<string, string | null> = {};
  for (const name of names) {
    const entry = entries.get(name);
    files[name] = entry ? await readFile(reader, name, entry, maxBytes) : null;
  }
  return { date: committerDate(object), files };
}

async function readFile(
  reader: ObjectReader,
  name: string,
  entry: TreeEntry,
  maxBytes: number,
): Promise<string> {
  if (entry.mode === "120000")
    throw invalid(
      `${name} is a symbolic link: commit it as a plain file, the platform does not follow links in pushed code.`,
    );
  if (!entry.mode.startsWith("100"))
    throw invalid(`${name} is not a file: commit it as a plain file in the repository's root.`);
  const blob = await reader.read(entry.oid, maxBytes);
  if (!blob) throw notFound(`The content of ${name} is missing in the app's repository.`);
  if (blob.size > maxBytes) throw invalid(`${name} has ${blob.size} bytes: at most ${maxBytes} are allowed.`);
  if (!isUtf8(blob.content))
    throw invalid(`${name} is not UTF-8 text: save it as UTF-8 and commit it again.`);
  return new TextDecoder().decode(blob.content); // which drops a byte order mark
}

function committerDate(commit: GitObject): string {
  const seconds = /^committer .*?(-?\d+) [+-]\d+$/m.exec(commit.content.toString("utf8"))?.[1];
  const date = new Date(Number(seconds ?? 0) * 1000);
  // A commit may claim any date, also one that no calendar has.
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}

interface TreeEntry {
  mode: string;
  oid: string;
}

/** Entries of a raw tree object: `<mode> <name>\0<20 bytes of object id>`, repeated. */
function treeEntries(content: Buffer): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const nul = content.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 20 > content.length) break;
    entries.set(content.toString("utf8", space + 1, nul), {
      mode: content.toString("ascii", at, space),
      oid: content.toString("hex", nul + 1, nul + 21),
    });
    at = nul + 21;
  }
  return entries;
}
