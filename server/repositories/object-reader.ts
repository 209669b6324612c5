import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import type { PaasError } from "../../core/error";
import { endOf, gitFault, spawnGit, stderrOf } from "./git-process";

export interface GitObject {
  oid: string;
  type: string;
  /** The object's real size; `content` is shorter when it is over the limit of the read. */
  size: number;
  content: Buffer;
}

/** Reads objects of one repository through one `git cat-file --batch`; used for one question or several, then ended. */
export class ObjectReader {
  readonly #child: ChildProcess;
  readonly #stderr: () => string;
  readonly #ended: Promise<number>;
  readonly #stdout: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(environment: Record<string, string>, directory: string) {
    this.#child = spawnGit(environment, ["cat-file", "--batch"], { cwd: directory });
    this.#stderr = stderrOf(this.#child);
    this.#ended = endOf(this.#child);
    this.#ended.catch(() => undefined); // asked for in end()
    this.#child.stdin?.on("error", () => undefined); // shows as a missing answer
    this.#stdout = (this.#child.stdout as Readable)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** The object of a name such as `<commit>`, `<commit>^{tree}` or an object id; null when there is none. Keeps at most maxBytes of it. */
  async read(name: string, maxBytes: number): Promise<GitObject | null> {
    this.#child.stdin?.write(`${name}\n`);
    const header = (await this.#line()).split(" ");
    const [oid = "", type = "", length = ""] = header;
    if (!/^\d+$/.test(length) || header.length !== 3) return null;
    const size = Number(length);
    const content = await this.#take(size, maxBytes);
    await this.#take(1, 0);
    return { oid, type, size, content };
  }

  async end(): Promise<void> {
    this.#child.stdin?.end();
    await this.#stdout.return?.();
    await this.#ended;
  }

  async #line(): Promise<string> {
    for (;;) {
      const at = this.#rest.indexOf(10);
      if (at >= 0) {
        const line = this.#rest.subarray(0, at).toString("utf8");
        this.#rest = this.#rest.subarray(at + 1);
        return line;
      }
      await this.#more();
    }
  }

  async #take(size: number, keep: number): Promise<Buffer> {
    const kept: Buffer[] = [];
    let room = keep;
    for (let left = size; left > 0; ) {
      if (this.#rest.length === 0) await this.#more();
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      if (room > 0) kept.push(part.subarray(0, room));
      room -= part.length;
    }
    return Buffer.concat(kept);
  }

  async #more(): Promise<void> {
    const next = await this.#stdout.next();
    if (next.done) throw this.#fault();
    this.#rest = Buffer.concat([this.#rest, next.value]);
  }

  #fault(): PaasError {
    return gitFault("read objects", { code: this.#child.exitCode ?? 255, stderr: this.#stderr() });
  }
}
