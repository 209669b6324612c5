import { appendFile, mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { z } from "zod";
import { parseJson } from "../core/parse-json";
import { emptyRouteTable, type RouteTable, type TableChange, tableChangeSchema } from "../core/route-table";
import { KnownTable } from "./known-table";

const headSchema = z.object({ bootId: z.string() });
/** Apps of a line, when all are written: the process may be serving meanwhile. */
const appsOfLine = 200;
/** Changes are added until they are as long as the table, and at least so long. */
const leastBytes = 1_000_000;

/**
 * The last table on disk, for a router that starts while Redis is down. It holds for one boot of the host only: after a reboot
 * another container may have an old one's address. So it needs no fsync either: what a power cut can lose is void after it.
 *
 * A line with the boot's id, then a line for each change, the first ones from nothing to a whole table. A line that was cut off counts for
 * nothing, and is the last one: whatever cannot be added has the file written anew.
 */
export class Snapshot {
  readonly #path: string;
  readonly #bootId: string;
  readonly #table: KnownTable;
  #writing: Promise<void> = Promise.resolve();
  /** What is there, in version and bytes: the whole table, and changes since. null: the file is to be written anew. */
  #written: { version: number; whole: number; changes: number } | null = null;

  /** `table` is the one that is kept. */
  constructor(path: string, bootId: string, table: KnownTable) {
    this.#path = path;
    this.#bootId = bootId;
    this.#table = table;
  }

  /** The table, or why there is none that can be used. */
  async read(): Promise<{ table: RouteTable } | { unusable: string }> {
    const text = await readFile(this.#path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) return { unusable: "there is none" };
    const [first = "", ...lines] = text.split("\n");
    const head = headSchema.safeParse(parseJson(first));
    if (!head.success) return { unusable: "it cannot be read" };
    if (head.data.bootId !== this.#bootId) return { unusable: "the host was rebooted since" };
    const table = new KnownTable();
    for (const line of lines) {
      const change = tableChangeSchema.safeParse(parseJson(line));
      if (!change.success || !table.take(change.data)) break;
    }
    return table.version === emptyRouteTable.version
      ? { unusable: "it cannot be read" }
      : { table: table.whole };
  }

  /** Keeps a change that the table has taken, after those before. Resolves when a restart would find it. */
  keep(change: TableChange): Promise<void> {
    const kept = this.#writing.then(() => this.#add(change));
    this.#writing = kept.catch(() => undefined);
    return kept;
  }

  async #add(change: TableChange): Promise<void> {
    const written = this.#written;
    this.#written = null;
    if (!written || written.changes > Math.max(leastBytes, written.whole)) return this.#replace();
    const { version } = change;
    if (version > written.version) {
      const line = `${JSON.stringify(change)}\n`;
      await appendFile(this.#path, line);
      this.#written = { ...written, version, changes: written.changes + line.length };
    } else this.#written = written;
  }

  async #replace(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const next = `${this.#path}.${process.pid}`;
    const file = await open(next, "w", 0o600);
    const table = this.#table.asChange;
    let whole = 0;
    try {
      for (const line of wholeIn(this.#bootId, table)) {
        await file.write(line);
        whole += line.length;
        await turn();
      }
    } finally {
      await file.close();
    }
    await rename(next, this.#path);
    this.#written = { version: table.version, whole, changes: 0 };
  }
}

/** The lines of a file with a whole table: each but the first is a change, and they all lead to its version. */
function* wholeIn(bootId: string, { version, apps, ...parts }: TableChange): Iterable<string> {
  yield `${JSON.stringify({ bootId })}\n`;
  yield `${JSON.stringify({ ...parts, from: emptyRouteTable.version, version, apps: {} })}\n`;
  const all = Object.entries(apps);
  for (let at = 0; at < all.length; at += appsOfLine) {
    const some = Object.fromEntries(all.slice(at, at + appsOfLine));
    yield `${JSON.stringify({ from: version, version, apps: some })}\n`;
  }
}
