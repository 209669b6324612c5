import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { type RouteTable, routeTableSchema } from "../core/route";

const schema = z.object({ bootId: z.string(), table: routeTableSchema });

/**
 * The last table on disk, for a router that starts while Redis is down. It holds for one boot of the host only: after a reboot
 * another container may have an old one's address. So it needs no fsync either: what a power cut can lose is void after it.
 */
export class Snapshot {
  readonly #path: string;
  readonly #bootId: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, bootId: string) {
    this.#path = path;
    this.#bootId = bootId;
  }

  /** The table, or why there is none that can be used. */
  async read(): Promise<{ table: RouteTable } | { unusable: string }> {
    const text = await readFile(this.#path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) return { unusable: "there is none" };
    const snapshot = schema.safeParse(parseJson(text));
    if (!snapshot.success) return { unusable: "it cannot be read" };
    if (snapshot.data.bootId !== this.#bootId) return { unusable: "the host was rebooted since" };
    return { table: snapshot.data.table };
  }

  /** Replaces it atomically, after those asked for before. */
  write(table: RouteTable): Promise<void> {
    const written = this.#writing.then(() => this.#replace(table));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #replace(table: RouteTable): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const next = `${this.#path}.${process.pid}`;
    await writeFile(next, JSON.stringify({ bootId: this.#bootId, table }), { mode: 0o600 });
    await rename(next, this.#path);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
