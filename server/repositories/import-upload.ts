import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { invalid } from "../../core/error";
import { endOf, type GitResult, gitFault, runGit, spawnGit, stderrOf } from "./git-process";
import type { Repositories } from "./repositories";
import type { UploadEntry } from "./upload-entries";

export interface UploadCommit {
  /** The first line of the commit's message. */
  message: string;
  author: string;
  /** The commit before it; null for the first. */
  parent: string | null;
  /** Whether a directory that holds all there is stays; else its content is taken for the whole, as release archives are packed. */
  keepTop: boolean;
}

/** A blob that is stored, under fast-import's number for it. */
interface Stored {
  path: string;
  mode: string;
  mark: number;
}

/** Files larger than this go to disk as they come, and are not compared with others. */
const streamedFrom = "8m";

/**
 * Stores what was uploaded as a commit that no ref points to yet, and returns its id. Git's own programs write all of it, and git itself
 * checks every path. Throws `invalid` for what no commit can hold; whatever `entries` throws passes, and leaves nothing behind but objects.
 */
export async function importUpload(
  repositories: Pick<Repositories, "path" | "inheritedEnvironment">,
  appId: string,
  entries: AsyncIterable<UploadEntry>,
  commit: UploadCommit,
): Promise<string> {
  const directory = repositories.path(appId);
  const scratch = await mkdtemp(join(directory, "incoming-"));
  const environment = {
    ...repositories.inheritedEnvironment(),
    GIT_INDEX_FILE: join(scratch, "index"),
    GIT_AUTHOR_NAME: commit.author,
    GIT_AUTHOR_EMAIL: "paas@localhost",
  };
  try {
    const marks = join(scratch, "marks");
    const stored = await storeBlobs(environment, directory, marks, entries);
    if (stored.length === 0) throw invalid("The upload holds no files.");
    const listed = commit.keepTop ? stored : unwrapped(stored);
    await writeIndex(environment, directory, listed, await readMarks(marks));
    const git = (...args: string[]): Promise<string> => said(environment, directory, args);
    const parents = commit.parent === null ? [] : ["-p", commit.parent];
    return await git("commit-tree", ...parents, "-m", commit.message, await git("write-tree"));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function storeBlobs(
  environment: Record<string, string>,
  directory: string,
  marks: string,
  entries: AsyncIterable<UploadEntry>,
): Promise<Stored[]> {
  const args = ["-c", `core.bigFileThreshold=${streamedFrom}`, "fast-import", "--quiet"];
  const child = spawnGit(environment, [...args, `--export-marks=${marks}`], {
    cwd: directory,
    stdio: ["pipe", "ignore", "pipe"],
  });
  const stderr = stderrOf(child);
  const ended = endOf(child);
  ended.catch(() => undefined); // awaited below
  const stdin = child.stdin as Writable;
  stdin.on("error", () => undefined); // a fast-import that has died; its exit code tells
  try {
    const stored = await sendBlobs(stdin, entries);
    stdin.end();
    const code = await ended;
    if (code !== 0) throw gitFault("store an upload", { code, stderr: stderr() });
    return stored;
  } catch (error) {
    stdin.destroy();
    await ended.catch(() => undefined); // that it failed is what is being told
    // What it leaves for its own authors when it is cut off.
    await rm(join(directory, `fast_import_crash_${child.pid}`), { force: true });
    throw error;
  }
}

async function sendBlobs(stdin: Writable, entries: AsyncIterable<UploadEntry>): Promise<Stored[]> {
  const stored = new Map<string, Stored>();
  let mark = 0;
  for await (const { path, mode, size, content } of entries) {
    mark += 1;
    stdin.write(`blob\nmark :${mark}\ndata ${size}\n`);
    for await (const chunk of content) await send(stdin, chunk);
    stdin.write("\n");
    stored.set(path, { path, mode, mark }); // the last of a name counts, as it does for tar
  }
  return [...stored.values()];
}

/** Does not wait for who has died. */
async function send(stdin: Writable, chunk: Buffer): Promise<void> {
  if (stdin.write(chunk) || stdin.destroyed) return;
  const heard = new AbortController();
  const { signal } = heard;
  await Promise.race([once(stdin, "drain", { signal }), once(stdin, "close", { signal })]);
  heard.abort();
}

/** Lines `:<mark> <object id>`. */
async function readMarks(file: string): Promise<Map<number, string>> {
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  return new Map(lines.map((line) => [Number(line.slice(1, -41)), line.slice(-40)]));
}

function unwrapped(stored: Stored[]): Stored[] {
  const [top = ""] = stored[0]?.path.split("/", 1) ?? [];
  const wrapped = stored.every(({ path }) => path.startsWith(`${top}/`));
  return wrapped ? stored.map((one) => ({ ...one, path: one.path.slice(top.length + 1) })) : stored;
}

async function writeIndex(
  environment: Record<string, string>,
  directory: string,
  stored: Stored[],
  marks: ReadonlyMap<number, string>,
): Promise<void> {
  const lines = stored.map(({ path, mode, mark }) => `${mode} ${marks.get(mark)}\t${path}\0`).join("");
  const result = await runGit(environment, ["update-index", "-z", "--index-info"], directory, lines);
  // It passes over what it refuses, and says so.
  if (result.code === 0 && result.stderr === "") return;
  throw invalid(`The upload cannot be taken: git refuses a path of it (${lastLineOf(result)}).`);
}

async function said(environment: Record<string, string>, directory: string, args: string[]): Promise<string> {
  const result = await runGit(environment, args, directory);
  if (result.code !== 0) throw gitFault(`${args[0]} an upload`, result);
  return result.stdout.trim();
}

const lastLineOf = ({ stderr }: GitResult): string => stderr.trim().split("\n")[0] ?? "";
