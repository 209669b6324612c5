import type { ChildProcess, SpawnOptions } from "node:child_process";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeArchive } from "./archive";
import { type CommitFiles, readCommitFiles } from "./commit-files";
import { type GitLimits, gitEnvironment } from "./git-environment";
import { type GitResult, gitFault, runGit, spawnGit } from "./git-process";
import { removeLeftovers } from "./leftovers";
import { isLfs } from "./lfs";
import { ObjectReader } from "./object-reader";
import { openRefTransaction, type PreparedRef, type RefMove } from "./prepared-ref";
import { installHook } from "./proc-receive-hook";
import { checkCommit, checkId, checkRef, noCommit } from "./ref-name";
import { explainRefusal } from "./ref-refusal";
import { Remembered } from "./remembered";
import { clearUnfinished, exists, makeRepository, removeRepository } from "./repository-directory";
import { measureTree, type TreeLimits, type TreeMeasure, treeLimits } from "./tree-measure";

const defaultLimits: GitLimits = { maxPackBytes: 1024 ** 3 };
const rememberedCommits = 16;

/** The apps' bare repositories, `<root>/<app id>.git`, by way of the git command line. Faults of git are PaasErrors. */
export class Repositories {
  readonly #root: string;
  readonly #hooksDir: string;
  readonly #environment: Record<string, string>;
  /** A deploy reads its commit when it comes and at its turn to be built, and git takes milliseconds to start. */
  readonly #commits = new Remembered<CommitFiles>(rememberedCommits);

  constructor(root: string, limits: GitLimits = defaultLimits) {
    this.#root = root;
    this.#hooksDir = join(root, ".hooks");
    this.#environment = gitEnvironment(this.#hooksDir, limits);
  }

  /** Makes the root and the hook ready and clears what half-done creations and removals left. To be called once, at the server's start. */
  async open(): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    await installHook(this.#hooksDir);
    await clearUnfinished(this.#root);
  }

  /** The app's repository directory. */
  path(appId: string): string {
    return join(this.#root, `${checkId(appId)}.git`);
  }

  /** What this process' own environment has to be, for the git that node-git-server starts: it can give it none, and its git inherits. */
  inheritedEnvironment(): Record<string, string> {
    return { ...this.#environment, GIT_PROTOCOL: "version=2" };
  }

  async exists(appId: string): Promise<boolean> {
    return exists(this.path(appId));
  }

  /** Creates an empty repository; one that is there is success. It appears whole or not at all. */
  async create(appId: string): Promise<void> {
    const directory = this.path(appId);
    if (await exists(directory)) return;
    await installHook(this.#hooksDir);
    await makeRepository(this.#environment, directory);
  }

  /** Removes the app's repository; gone is success. From the first moment nobody finds it under its name any more. */
  async remove(appId: string): Promise<void> {
    await removeRepository(this.path(appId));
  }

  /** The commit that a ref points to; null when there is no such ref. */
  async tip(appId: string, ref: string): Promise<string | null> {
    const result = await this.#git(appId, [
      "rev-parse",
      "--verify",
      "--quiet",
      "--end-of-options",
      checkRef(ref),
    ]);
    if (result.code === 0) return result.stdout.trim();
    if (result.code === 1) return null;
    throw gitFault(`read ${ref}`, result);
  }

  /** Whether `ancestor` is the commit itself or one of its ancestors. False when the repository does not know the ancestor. */
  async descends(appId: string, commit: string, ancestor: string): Promise<boolean> {
    if (!(await this.hasCommit(appId, ancestor))) return false;
    const result = await this.#git(appId, [
      "merge-base",
      "--is-ancestor",
      checkCommit(ancestor),
      checkCommit(commit),
    ]);
    if (result.code > 1) throw gitFault("compare two commits", result);
    return result.code === 0;
  }

  /** Whether the repository has this object and it is a commit. */
  async hasCommit(appId: string, commit: string): Promise<boolean> {
    return this.#withReader(
      appId,
      async (reader) => (await reader.read(checkCommit(commit), 0))?.type === "commit",
    );
  }

  /** The commit's date and the text of files of its root (`["Procfile", "app.json"]`); see readCommitFiles for its refusals. */
  async readCommit(
    appId: string,
    commit: string,
    names: string[],
    maxBytes: number,
    directory?: string,
  ): Promise<CommitFiles> {
    const question = JSON.stringify([appId, checkCommit(commit), names, maxBytes, directory]);
    return this.#commits.of(question, () =>
      this.#withReader(appId, (reader) => readCommitFiles(reader, commit, names, maxBytes, directory)),
    );
  }

  /** One file of the tree's root; null when the commit has none. */
  async readBlob(appId: string, commit: string, name: string, maxBytes: number): Promise<string | null> {
    return (await this.readCommit(appId, commit, [name], maxBytes)).files[name] ?? null;
  }

  /** The committer's date, ISO 8601 in UTC. */
  async commitDate(appId: string, commit: string): Promise<string> {
    return (await this.readCommit(appId, commit, [], 0)).date;
  }

  /** What the commit's tree would be on a disk; check it with checkTree before archive(). */
  async measureTree(appId: string, commit: string, limits: TreeLimits = treeLimits): Promise<TreeMeasure> {
    const directory = this.path(appId);
    const { measure, candidates } = await measureTree(
      this.#environment,
      directory,
      checkCommit(commit),
      limits,
    );
    return { ...measure, lfs: await isLfs(() => new ObjectReader(this.#environment, directory), candidates) };
  }

  /** Writes the commit's tree to `file` as an uncompressed tar: whole, durable, mode 0600. */
  async archive(appId: string, commit: string, file: string): Promise<void> {
    await writeArchive(this.#environment, this.path(appId), checkCommit(commit), file);
  }

  /**
   * Takes the ref's lock and checks that it still points to oldCommit (40 zeros: must not exist). Throws `conflict` with the reason for
   * a person. The lock is held until commit or abort, or this process' death.
   */
  async prepareRef(appId: string, ref: string, oldCommit: string, newCommit: string): Promise<PreparedRef> {
    const move: RefMove = {
      ref: checkRef(ref),
      oldCommit: checkCommit(oldCommit),
      newCommit: checkCommit(newCommit),
    };
    return openRefTransaction(this.#environment, this.path(appId), move, (result) =>
      this.#explain(appId, move, result),
    );
  }

  /** Sets the ref whatever it was; throws `conflict` when it is locked or stands against another ref's name. */
  async setRef(appId: string, ref: string, commit: string): Promise<void> {
    const args = ["update-ref", "--no-deref", checkRef(ref), checkCommit(commit)];
    const result = await this.#git(appId, args);
    if (result.code !== 0) throw gitFault(`set ${ref}`, result);
  }

  /** Deletes the ref; gone is success. */
  async deleteRef(appId: string, ref: string): Promise<void> {
    const result = await this.#git(appId, ["update-ref", "--no-deref", "-d", checkRef(ref)]);
    if (result.code !== 0) throw gitFault(`delete ${ref}`, result);
  }

  /** Removes locks and half-received objects of a dead server's git processes. Only at the server's start, before pushes are taken. */
  async removeStaleLocks(appId: string): Promise<void> {
    await removeLeftovers(this.path(appId));
  }

  /** Whether history in the repository is cut off. Pushes that would cut it are refused, so true means someone changed it by hand. */
  async isShallow(appId: string): Promise<boolean> {
    try {
      return (await stat(join(this.path(appId), "shallow"))).size > 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
      throw error;
    }
  }

  /** Starts `git <args>` in the app's repository, with the fixed environment and what is added to it. */
  spawn(
    appId: string,
    args: string[],
    options: Pick<SpawnOptions, "stdio"> & { environment?: Record<string, string> } = {},
  ): ChildProcess {
    const { environment, ...rest } = options;
    return spawnGit({ ...this.#environment, ...environment }, args, { ...rest, cwd: this.path(appId) });
  }

  #git(appId: string, args: string[]): Promise<GitResult> {
    return runGit(this.#environment, args, this.path(appId));
  }

  async #withReader<T>(appId: string, use: (reader: ObjectReader) => Promise<T>): Promise<T> {
    const reader = new ObjectReader(this.#environment, this.path(appId));
    try {
      return await use(reader);
    } finally {
      await reader.end();
    }
  }

  async #explain(appId: string, move: RefMove, result: GitResult): Promise<string> {
    const listed = await this.#git(appId, ["for-each-ref", "--format=%(objectname) %(refname)"]);
    const refs = new Map(listed.stdout.split("\n").map((line) => [line.slice(41), line.slice(0, 40)]));
    const locked = await exists(join(this.path(appId), `${move.ref}.lock`));
    return explainRefusal(
      move,
      refs.get(move.ref) ?? noCommit,
      [...refs.keys()].filter(Boolean),
      locked,
      result.stderr,
    );
  }
}
