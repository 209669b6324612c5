import type { Readable } from "node:stream";
import { invalid, PaasError } from "../../core/error";
import { endOf, gitFault, spawnGit, stderrOf } from "./git-process";

/** What a commit's tree would be on a disk. */
export interface TreeMeasure {
  /** Bytes of all files, unpacked. */
  bytes: number;
  files: number;
  /** Bytes of the longest path and of the longest name between two slashes. */
  longestPath: number;
  longestName: number;
  /** Paths of submodules, whose content is not in the repository; at most 20. */
  submodules: string[];
  /** Whether files are Git LFS pointers, whose content is not in the repository. */
  lfs: boolean;
  /** False when counting was stopped because a limit was passed; the figures are then the least they can be. */
  complete: boolean;
}

export interface TreeLimits {
  bytes: number;
  files: number;
  path: number;
  name: number;
}

export const treeLimits: TreeLimits = { bytes: 2 * 1024 ** 3, files: 200_000, path: 4096, name: 255 };

/** Checks a measure against the limits; throws `too_large` with the figure, the limit and what to do. */
export function checkTree(measure: TreeMeasure, limits: TreeLimits = treeLimits): void {
  const fault =
    (measure.bytes > limits.bytes && `unpacks to over ${megabytes(limits.bytes)} MB`) ||
    (measure.files > limits.files && `holds over ${limits.files} files`) ||
    (measure.longestPath > limits.path &&
      `has a path of ${measure.longestPath} bytes (limit ${limits.path})`) ||
    (measure.longestName > limits.name &&
      `has a file name of ${measure.longestName} bytes (limit ${limits.name})`);
  if (fault)
    throw new PaasError(
      "too_large",
      `The pushed tree ${fault}: take generated and large files out of the commit (.gitignore).`,
    );
}

/** Refuses what is not in the repository, so that no build fails for want of it: submodules and files kept by Git LFS. Throws `invalid`. */
export function checkWhole({ submodules, lfs }: Pick<TreeMeasure, "submodules" | "lfs">): void {
  if (submodules.length > 0)
    throw invalid(
      `The commit has submodules (${submodules.slice(0, 3).join(", ")}${submodules.length > 3 ? ", ..." : ""}), whose files are not part of it: send all files without git (tar -cz . | paas deploy -), take them in with git subtree, or let the build install them as dependencies.`,
    );
  if (lfs)
    throw invalid(
      "The commit has files that Git LFS keeps elsewhere (.gitattributes: filter=lfs), so only their pointers are here: send the directory as it is (paas deploy), commit them as they are (git lfs migrate export), or let the build fetch them.",
    );
}

const megabytes = (bytes: number): number => Math.round(bytes / 1024 ** 2);
const maxSubmodules = 20;

/** One line of `ls-tree -l -z`. */
interface Entry {
  type: string;
  oid: string;
  size: number;
  path: Buffer;
}

/** Small files of a tree that could be LFS pointers, and its .gitattributes files. */
export interface LfsCandidates {
  attributes: string[];
  pointers: string[];
}

/**
 * Measures a tree by listing it. Stops as soon as a limit is passed: a few kilobytes of nested trees can list billions of files.
 * Whether LFS is in use is for `isLfs` to find out of the candidates.
 */
export async function measureTree(
  environment: Record<string, string>,
  directory: string,
  commit: string,
  limits: TreeLimits,
): Promise<{ measure: TreeMeasure; candidates: LfsCandidates }> {
  const child = spawnGit(environment, ["ls-tree", "-r", "-l", "-z", "--full-tree", commit], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stderr = stderrOf(child);
  const ended = endOf(child);
  ended.catch(() => undefined); // awaited below
  const measure: TreeMeasure = {
    bytes: 0,
    files: 0,
    longestPath: 0,
    longestName: 0,
    submodules: [],
    lfs: false,
    complete: true,
  };
  const candidates: LfsCandidates = { attributes: [], pointers: [] };
  for await (const entry of entriesOf(child.stdout as Readable)) {
    count(measure, candidates, entry);
    if (measure.files <= limits.files && measure.bytes <= limits.bytes) continue;
    measure.complete = false;
    child.kill("SIGKILL");
    break;
  }
  const code = await ended;
  if (code !== 0 && measure.complete)
    throw gitFault(`list the files of ${commit}`, { code, stderr: stderr() });
  return { measure, candidates };
}

async function* entriesOf(listing: Readable): AsyncGenerator<Entry> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of listing as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let nul = rest.indexOf(0); nul >= 0; nul = rest.indexOf(0, from)) {
      const tab = rest.indexOf(9, from);
      const [, type = "", oid = "", size = "-"] = rest.toString("ascii", from, tab).split(/ +/);
      yield {
        type,
        oid,
        size: size === "-" ? 0 : Number(size),
        path: Buffer.from(rest.subarray(tab + 1, nul)),
      };
      from = nul + 1;
    }
    rest = rest.subarray(from);
  }
}

function count(measure: TreeMeasure, candidates: LfsCandidates, entry: Entry): void {
  const names = entry.path.toString("latin1").split("/");
  measure.files += 1;
  measure.bytes += entry.size;
  measure.longestPath = Math.max(measure.longestPath, entry.path.length);
  measure.longestName = Math.max(measure.longestName, ...names.map((name) => name.length));
  if (entry.type === "commit" && measure.submodules.length < maxSubmodules)
    measure.submodules.push(entry.path.toString("utf8"));
  if (entry.type !== "blob") return;
  if (names.at(-1) === ".gitattributes") candidates.attributes.push(entry.oid);
  // A pointer is about 130 bytes; the format allows up to 1024 but nobody writes such.
  else if (entry.size >= 100 && entry.size <= 250) candidates.pointers.push(entry.oid);
}
