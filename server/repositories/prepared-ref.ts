import type { ChildProcess } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { conflict } from "../../core/error";
import { endOf, type GitResult, gitFault, spawnGit, stderrOf } from "./git-process";

/**
 * A ref move that is sure to succeed: its lock is held and the old commit was checked.
 *
 * INVARIANT: the lock is held by a child process that waits on our pipe. When this server dies, however it dies, the child reads
 * end-of-file, rolls back and removes its lock.
 */
export interface PreparedRef {
  /** Moves the ref; throws `internal` if git could not write it. */
  commit(): Promise<void>;
  /** Leaves the ref as it is. Idempotent; nothing to do after commit. */
  abort(): Promise<void>;
}

export interface RefMove {
  ref: string;
  oldCommit: string;
  newCommit: string;
}

/** What git-process tells for a child that a signal ended. */
const killed = 255;

/** Opens a ref transaction up to git's `prepare`; throws `conflict` with what `explain` finds when git refuses. */
export async function openRefTransaction(
  environment: Record<string, string>,
  directory: string,
  move: RefMove,
  explain: (result: GitResult) => Promise<string>,
): Promise<PreparedRef> {
  const child = spawnGit(environment, ["update-ref", "--no-deref", "--stdin"], { cwd: directory });
  const conversation = new Conversation(child);
  child.stdin?.write(`start\nupdate ${move.ref} ${move.newCommit} ${move.oldCommit}\nprepare\n`);
  if (!(await conversation.hears("prepare: ok"))) {
    const result = await conversation.end();
    throw conflict(await explain(result));
  }
  // A child that was killed could not remove its locks (a branch that HEAD names locks HEAD too), and nobody else can have them.
  const end = async (): Promise<GitResult> => {
    const result = await conversation.end();
    if (result.code === killed)
      for (const name of [move.ref, "HEAD"]) await rm(join(directory, `${name}.lock`), { force: true });
    return result;
  };
  return {
    commit: async () => {
      child.stdin?.write("commit\n");
      const done = await conversation.hears("commit: ok");
      const result = await end();
      if (!done) throw gitFault(`move ${move.ref}`, result);
    },
    abort: async () => {
      await end();
    },
  };
}

/** What update-ref answers, line by line. */
class Conversation {
  readonly #child: ChildProcess;
  readonly #stderr: () => string;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<number>;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#stderr = stderrOf(child);
    this.#ended = endOf(child);
    this.#ended.catch(() => undefined); // told to whoever asks for the end
    // A child that has died shows by its missing answer and its exit code; the broken pipe adds nothing.
    child.stdin?.on("error", () => undefined);
    if (!child.stdout) throw new Error("update-ref was started without a pipe");
    this.#lines = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })[
      Symbol.asyncIterator
    ]();
  }

  async hears(answer: string): Promise<boolean> {
    for (;;) {
      const line = await this.#lines.next();
      if (line.done) return false;
      if (line.value === answer) return true;
    }
  }

  /** Closes our side: without a commit the child rolls back and removes its lock. */
  async end(): Promise<GitResult> {
    this.#child.stdin?.end();
    while (!(await this.#lines.next()).done);
    return { code: await this.#ended, stdout: "", stderr: this.#stderr() };
  }
}
