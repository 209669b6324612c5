import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { invalid } from "../../core/error";
import { type LogFilter, type LogLine, matcherOf, renderLogLine } from "../../core/log-line";
import { follow } from "./follow";
import { type Journal, openJournal } from "./journal";
import type { Positions } from "./marker";
import { readBack } from "./read-back";
import { defaultLogSize, type LogSize } from "./segment";

export interface ReadOptions {
  /** At most so many lines, the newest. */
  lines: number;
  filter?: LogFilter;
}

const appIdPattern = /^[a-z0-9]{1,64}$/;

/**
 * The append-only logs of all apps, a folder each. One process writes them: the server that holds the platform's lock.
 * Lines are whole and in the order of their arrival.
 */
export class AppLogs {
  readonly #root: string;
  readonly #size: LogSize;
  readonly #journals = new Map<string, Promise<Journal>>();

  /** `root` is `dataPaths().appLogs`; it is made when the first line comes. */
  constructor(root: string, size: LogSize = defaultLogSize) {
    this.#root = root;
    this.#size = size;
  }

  /**
   * Writes lines, and with them, as one, how far their sources were read. Resolved: readers see them, and they survive `kill -9`.
   * Throws `unavailable` when the disk refuses; then nothing of it was kept. Lines for a removed app are dropped.
   */
  async append(appId: string, lines: LogLine[], positions: Positions = {}): Promise<void> {
    const text = lines
      .flatMap(renderLogLine)
      .map((line) => `${line}\n`)
      .join("");
    await (await this.#journal(appId)).append(text, positions);
  }

  /** The newest lines that match, oldest first. */
  async read(appId: string, options: ReadOptions): Promise<string[]> {
    const journal = await this.#journal(appId);
    return readBack(journal.folder, journal.end, options.lines, matcherOf(options.filter ?? {}));
  }

  /** As `read`, then every matching line that comes, without gap or duplicate, until aborted or the app's log is removed. */
  async *tail(appId: string, options: ReadOptions & { signal: AbortSignal }): AsyncGenerator<string> {
    const journal = await this.#journal(appId);
    const matches = matcherOf(options.filter ?? {});
    const end = journal.end;
    yield* await readBack(journal.folder, end, options.lines, matches);
    for await (const line of follow(journal, end, options.signal)) if (matches(line)) yield line;
  }

  /** How far each of the app's sources has been read, by its name. */
  async positions(appId: string): Promise<ReadonlyMap<string, string>> {
    return (await this.#journal(appId)).positions;
  }

  /** Ids of the apps that have a log. */
  async apps(): Promise<string[]> {
    const names = await readdir(this.#root).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    return names.filter((name) => appIdPattern.test(name));
  }

  /** Deletes the app's log for good. Gone is success. */
  async remove(appId: string): Promise<void> {
    await (await this.#journal(appId)).remove();
  }

  #journal(appId: string): Promise<Journal> {
    const known = this.#journals.get(appId);
    if (known) return known;
    if (!appIdPattern.test(appId)) throw invalid(`${JSON.stringify(appId)} is not an app's id.`);
    const opening = openJournal(join(this.#root, appId), this.#size);
    this.#journals.set(appId, opening);
    // One that could not be opened is tried again by whoever comes next.
    opening.catch(() => this.#journals.delete(appId));
    return opening;
  }
}
