import type { ChainableCommander } from "ioredis";

/** Reads sealed certificates by id. */
export type ReadSealed = (ids: readonly string[]) => Promise<Map<string, Buffer>>;

/** Knows which certificates lie in Redis for the routers, so that a new table brings only what is new. */
export class CertificateFeed {
  readonly #key: string;
  readonly #read: ReadSealed;
  /** null: unknown; everything is written anew. */
  #present: Set<string> | null = null;

  constructor(key: string, read: ReadSealed) {
    this.#key = key;
    this.#read = read;
  }

  /** After a connection that broke Redis may have lost anything. */
  forget(): void {
    this.#present = null;
  }

  /** Adds to a transaction what makes Redis hold the certificates of a table, and no others. `done` is to be called when it was executed. */
  async put(batch: ChainableCommander, ids: readonly string[]): Promise<{ done(): void }> {
    const wanted = new Set(ids);
    const present = this.#present;
    const missing = [...wanted].filter((id) => !present?.has(id));
    const gone = [...(present ?? [])].filter((id) => !wanted.has(id));
    const sealed = await this.#read(missing);
    if (!present) batch.del(this.#key);
    if (gone.length > 0) batch.hdel(this.#key, ...gone);
    for (const [id, bytes] of sealed) batch.hset(this.#key, id, bytes.toString("base64"));
    return {
      done: () => {
        this.#present = wanted;
      },
    };
  }
}
