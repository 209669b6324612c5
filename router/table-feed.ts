import type Redis from "ioredis";
import type { Keys } from "../core/keys";
import type { Logger } from "../core/logger";
import { parseJson } from "../core/parse-json";
import { type RouteTable, type TableChange, tableNewsSchema } from "../core/route-table";
import { tableIn } from "../core/stored-table";
import type { KnownTable } from "./known-table";
import type { Certificates } from "./tls/certificates";

export interface TableFeedOptions {
  /** What this router knows by now. */
  table: Pick<KnownTable, "version" | "changeTo">;
  /** Whether the addresses of a table hold. */
  holds: (table: RouteTable) => boolean;
  /** Takes a change of that table; false if it cannot be taken. Resolves when a restart would find it too. */
  take: (change: TableChange) => Promise<boolean>;
  certificates: Pick<Certificates, "missing" | "keep">;
  log: Logger;
}

/**
 * Tables from Redis, where others wrote them: read as a whole at first, then changed by what is told; as a whole again when something told
 * is about another version than the one that is known, since something was missed then. Each app is checked by itself.
 */
export class TableFeed {
  readonly #redis: Redis;
  readonly #keys: Keys;
  readonly #options: TableFeedOptions;

  constructor(redis: Redis, keys: Keys, options: TableFeedOptions) {
    this.#redis = redis;
    this.#keys = keys;
    this.#options = options;
  }

  /** Reads the whole table and takes what is new in it. Whether there was anything new. */
  async read(): Promise<boolean> {
    const { log, holds, table } = this.#options;
    const fields = await this.#redis.hgetall(this.#keys.routeTable);
    if (Object.keys(fields).length === 0) return false;
    const stored = tableIn(fields);
    if (stored === null) {
      log.error({}, "a route table that cannot be read was ignored");
      return false;
    }
    for (const app of stored.faulty) log.error({ app }, "a route that cannot be read was left out");
    const change = holds(stored.table) ? table.changeTo(stored.table) : null;
    return change !== null && this.#take(change);
  }

  /** Takes what was told of a table. Whether it was anything new. */
  async hear(text: string): Promise<boolean> {
    const { version } = this.#options.table;
    const news = tableNewsSchema.safeParse(parseJson(text)).data;
    if (news && news.version <= version) return false;
    return news && news.from !== null && news.from === version ? this.#take(news) : this.read();
  }

  async #take(change: TableChange): Promise<boolean> {
    await this.#pullCertificates(change);
    return this.#options.take(change);
  }

  /** Those of a change that are not here yet; then a table never names one before it can be served. */
  async #pullCertificates(change: TableChange): Promise<void> {
    const ids = this.#options.certificates.missing(change);
    if (ids.length === 0) return;
    const texts = await this.#redis.hmget(this.#keys.certificates, ...ids);
    const found = ids.flatMap((id, index): [string, string][] => {
      const text = texts[index];
      return text ? [[id, text]] : [];
    });
    await this.#options.certificates.keep(new Map(found));
  }
}
