import type { ChainableCommander } from "ioredis";

/** Reads sealed certificates by id. */
export type ReadSealed = (ids: readonly string[]) => Promise<Map<string, Buffer>>;

/** Ids of certificates by the app whose route names them; those of the platform's own are under the empty string. */
export type NamedCertificates = ReadonlyMap<string, readonly string[]>;

/** To be called when a transaction was executed. */
interface Done {
  done(): void;
}

/** Knows which certificates lie in Redis for the routers, so that a new table brings only what is new. */
export class CertificateFeed {
  readonly #key: string;
  readonly #read: ReadSealed;
  /** null: unknown; everything is written anew. */
  #present: NamedCertificates | null = null;

  constructor(key: string, read: ReadSealed) {
    this.#key = key;
    this.#read = read;
  }

  /** After a connection that broke Redis may have lost anything. */
  forget(): void {
    this.#present = null;
  }

  /** Adds to a transaction what makes Redis hold the certificates of a table, and no others. */
  async put(batch: ChainableCommander, named: NamedCertificates): Promise<Done> {
    const [wanted, present] = [idsIn(named), this.#present && idsIn(this.#present)];
    const gone = [...(present ?? [])].filter((id) => !wanted.has(id));
    const sealed = await this.#read([...wanted].filter((id) => !present?.has(id)));
    if (!present) batch.del(this.#key);
    if (gone.length > 0) batch.hdel(this.#key, ...gone);
    for (const [id, bytes] of sealed) batch.hset(this.#key, id, bytes.toString("base64"));
    return {
      done: () => {
        this.#present = named;
      },
    };
  }

  /** The same for a change of some apps of the table. Mostly nothing, and then it costs nothing. */
  async change(batch: ChainableCommander, named: NamedCertificates): Promise<Done> {
    const present = this.#present;
    const isSame = ([appId, ids]: [string, readonly string[]]) =>
      (present?.get(appId) ?? []).join(" ") === ids.join(" ");
    if ([...named].every(isSame)) return { done: () => undefined };
    return this.put(batch, new Map([...(present ?? []), ...named]));
  }
}

const idsIn = (named: NamedCertificates): Set<string> => new Set([...named.values()].flat());
