import Redis from "ioredis";
import { messageOf } from "../core/error";
import type { Keys } from "../core/keys";
import type { Logger } from "../core/logger";
import { redisOptions } from "../core/redis-url";
import {
  type RouterReport,
  type RouteTable,
  routerLeaseMs,
  routerRenewMs,
  routeTableSchema,
} from "../core/route";
import type { AccessLine } from "./access-log";
import type { WorkerReport } from "./report";

const maxAccessLines = 10_000;
/** One command a batch: a command for each line would cost the router as much as the request that the line tells of. */
const addLines = `
for index = 2, #ARGV, 2 do
  redis.call("XADD", KEYS[1], "MAXLEN", "~", ARGV[1], "*", "appId", ARGV[index], "line", ARGV[index + 1])
end`;

export interface SessionOptions {
  /** Takes a table; false if it is not newer. Resolves when a restart would find it too. */
  take: (table: RouteTable) => Promise<boolean>;
  /** Lease and reports are under this id. */
  routerId: string;
  report: () => Promise<WorkerReport>;
  certificates: {
    /** Ids that a table names and that are not here. */
    missing: (table: RouteTable) => string[];
    /** Keeps sealed certificates by id. */
    keep: (found: ReadonlyMap<string, string>) => Promise<void>;
  };
  log: Logger;
}

/** One connection to Redis from its opening to its end; never reconnects, for the next one may have another URL. */
export class FeedSession {
  readonly ended: Promise<void>;
  readonly #options: SessionOptions;
  readonly #keys: Keys;
  readonly #commands: Redis;
  readonly #subscriber: Redis;
  #renewal: NodeJS.Timeout | undefined;
  #pulling: Promise<void> = Promise.resolve();
  #reporting: Promise<void> = Promise.resolve();
  #reportIsDue = false;
  #closing = false;

  constructor(url: string, keys: Keys, options: SessionOptions) {
    const connection = {
      ...redisOptions(url),
      lazyConnect: true,
      retryStrategy: () => null,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 5_000,
      commandTimeout: 5_000,
    };
    this.#options = options;
    this.#keys = keys;
    this.#commands = new Redis(connection);
    this.#subscriber = new Redis(connection);
    const over = [this.#commands, this.#subscriber].map(
      (redis) => new Promise<void>((resolve) => void redis.once("end", resolve)),
    );
    this.ended = Promise.race(over).then(() => this.#disconnect());
    for (const redis of [this.#commands, this.#subscriber])
      redis.on("error", (error) => options.log.warn({ reason: messageOf(error) }, "Redis connection"));
  }

  async open(): Promise<void> {
    await Promise.all([this.#commands.connect(), this.#subscriber.connect()]);
    this.#subscriber.on("message", () => this.#pullSoon());
    await this.#subscriber.subscribe(this.#keys.routeTableChanged);
    await this.#pull();
    this.report();
    this.#renewal = setInterval(() => this.report(), routerRenewMs);
  }

  /** Renews the lease and publishes what this router does now. One at a time, so that an older report never follows a newer one. */
  report(): void {
    if (this.#reportIsDue || this.#closing) return;
    this.#reportIsDue = true;
    this.#reporting = this.#reporting.then(() => this.#renew()).catch((error: unknown) => this.#fail(error));
  }

  async #renew(): Promise<void> {
    // From here on, what happens may come too late for this report.
    this.#reportIsDue = false;
    const { routerId } = this.#options;
    const report: RouterReport = { routerId, ...(await this.#options.report()) };
    const text = JSON.stringify(report);
    await this.#commands
      .multi()
      .set(this.#keys.router(routerId), text, "PX", routerLeaseMs)
      .publish(this.#keys.routerReports, text)
      .exec();
  }

  async send(lines: readonly AccessLine[]): Promise<boolean> {
    const words = lines.flatMap(({ appId, line }) => [appId, line]);
    try {
      await this.#commands.eval(addLines, 1, this.#keys.access, maxAccessLines, ...words);
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  /** Gives the lease back and ends the connection. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#renewal);
    await this.#reporting;
    if (this.#commands.status === "ready")
      await this.#commands
        .del(this.#keys.router(this.#options.routerId))
        .catch((error: unknown) => this.#fail(error));
    this.#disconnect();
  }

  /** One pull at a time, and one more after a message that came during it. */
  #pullSoon(): void {
    this.#pulling = this.#pulling.then(() => this.#pull()).catch((error: unknown) => this.#fail(error));
  }

  async #pull(): Promise<void> {
    const text = await this.#commands.get(this.#keys.routeTable);
    if (!text) return;
    const table = routeTableSchema.safeParse(parseJson(text));
    if (!table.success) {
      this.#options.log.error(
        { fault: table.error.issues[0] },
        "a route table that cannot be read was ignored",
      );
      return;
    }
    await this.#pullCertificates(table.data);
    if (await this.#options.take(table.data)) this.report();
  }

  /** Those of a table that are not here yet; then the table never names one before it can be served. */
  async #pullCertificates(table: RouteTable): Promise<void> {
    const ids = this.#options.certificates.missing(table);
    if (ids.length === 0) return;
    const texts = await this.#commands.hmget(this.#keys.certificates, ...ids);
    const found = ids.flatMap((id, index): [string, string][] => {
      const text = texts[index];
      return text ? [[id, text]] : [];
    });
    await this.#options.certificates.keep(new Map(found));
  }

  #fail(error: unknown): void {
    if (this.#commands.status === "ready")
      this.#options.log.warn({ reason: messageOf(error) }, "Redis failed");
    this.#disconnect();
  }

  #disconnect(): void {
    clearInterval(this.#renewal);
    this.#commands.disconnect();
    this.#subscriber.disconnect();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
