import { type ChainableCommander, Redis } from "ioredis";
import { PaasError } from "../../core/error";
import type { Keys } from "../../core/keys";
import { redisOptions } from "../../core/redis-url";
import type { AppRoute } from "../../core/route";
import type { RouteTable, TableChange, TableNews } from "../../core/route-table";
import { fieldOf, storedTable, versionField } from "../../core/stored-table";
import { CertificateFeed, type ReadSealed } from "./certificate-feed";

/** Apps as a version of the table has them; null for those that are gone. */
export type ChangedApps = Readonly<Record<string, AppRoute | null>>;

/**
 * Writes a change and tells it, only where the table is the one that it changes: a Redis that lost the table, or has another one, says so.
 * KEYS: the table, the channel. ARGV: version before, version, news, then field and text of each app; an empty text for one that is gone.
 */
const changeTable = `
if redis.call("HGET", KEYS[1], "${versionField}") ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[1], "${versionField}", ARGV[2])
for index = 4, #ARGV, 2 do
  if ARGV[index + 1] == "" then redis.call("HDEL", KEYS[1], ARGV[index])
  else redis.call("HSET", KEYS[1], ARGV[index], ARGV[index + 1]) end
end
redis.call("PUBLISH", KEYS[2], ARGV[3])
return 1`;

/**
 * Hands the route table to the routers: a whole one, or what changes in the one before.
 * INVARIANT: its version only rises, and what lies in Redis is always a whole table under its version.
 */
export class TablePublisher {
  readonly #keys: Keys;
  readonly #redis: Redis;
  readonly #certificates: CertificateFeed;
  /** Of the table that Redis should hold; null: unknown. */
  #version: number | null = null;

  /** `onConnect` is called at each (re)connection: the caller publishes the whole table then, in case Redis lost it. */
  constructor(
    redisUrl: string,
    keys: Keys,
    readSealed: ReadSealed,
    onConnect: () => void,
    onError: (error: Error) => void,
  ) {
    this.#keys = keys;
    this.#certificates = new CertificateFeed(keys.certificates, readSealed);
    this.#redis = new Redis({ ...redisOptions(redisUrl), maxRetriesPerRequest: 1, enableOfflineQueue: true });
    this.#redis.on("error", onError);
    this.#redis.on("ready", () => {
      this.#version = null;
      this.#certificates.forget();
      onConnect();
    });
  }

  /** Publishes a whole table with the certificates that it names. Throws `unavailable` when Redis does not take it. */
  async publish(table: RouteTable): Promise<void> {
    this.#version = null;
    const news: TableNews = { from: null, version: table.version };
    const batch = this.#redis.multi();
    const named = new Map([["", Object.values(table.certificates ?? {})], ...namedBy(table.apps)]);
    const certificates = await this.#certificates.put(batch, named);
    batch.del(this.#keys.routeTable).hset(this.#keys.routeTable, storedTable(table));
    await this.#execute(batch.publish(this.#keys.routeTableChanged, JSON.stringify(news)));
    certificates.done();
    this.#version = table.version;
  }

  /**
   * Publishes what another version changes, with its certificates. False when Redis does not hold the table that was published before: the
   * whole one is to be published then. Throws `unavailable` when Redis does not answer.
   */
  async change(version: number, apps: ChangedApps): Promise<boolean> {
    const from = this.#version;
    if (from === null) return false;
    this.#version = null;
    const news: TableChange = { from, version, apps };
    const texts = Object.entries(apps).flatMap(([id, app]) => [fieldOf(id), app ? JSON.stringify(app) : ""]);
    const batch = this.#redis.multi();
    const certificates = await this.#certificates.change(batch, namedBy(apps));
    const { routeTable, routeTableChanged } = this.#keys;
    const words = [String(from), String(version), JSON.stringify(news), ...texts];
    const answers = await this.#execute(batch.eval(changeTable, 2, routeTable, routeTableChanged, ...words));
    if (answers.at(-1) !== 1) return false;
    certificates.done();
    this.#version = version;
    return true;
  }

  /** What Redis says of itself (INFO). Throws `unavailable` when it does not. */
  async redisInfo(): Promise<string> {
    try {
      return await this.#redis.info();
    } catch (cause) {
      throw new PaasError("unavailable", "Redis does not answer.", { cause });
    }
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }

  /** What each command answered. */
  async #execute(batch: ChainableCommander): Promise<unknown[]> {
    try {
      const answers = (await batch.exec()) ?? [];
      for (const [error] of answers) if (error) throw error;
      return answers.map(([, answer]) => answer);
    } catch (cause) {
      throw new PaasError("unavailable", "Redis does not take the route table.", { cause });
    }
  }
}

const namedBy = (apps: ChangedApps): Map<string, string[]> =>
  new Map(Object.entries(apps).map(([id, app]) => [id, Object.values(app?.certificates ?? {})]));
