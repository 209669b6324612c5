import Redis from "ioredis";
import { messageOf } from "../core/error";
import type { Keys } from "../core/keys";
import { redisOptions } from "../core/redis-url";
import { type RouterEnd, type RouterReport, routerLeaseMs, routerRenewMs } from "../core/route";
import type { AccessLine } from "./access-log";
import type { WorkerReport } from "./report";
import { TableFeed, type TableFeedOptions } from "./table-feed";

const maxAccessLines = 10_000;
/** One command a batch: a command for each line would cost the router as much as the request that the line tells of. */
const addLines = `
for index = 2, #ARGV, 2 do
  redis.call("XADD", KEYS[1], "MAXLEN", "~", ARGV[1], "*", "appId", ARGV[index], "line", ARGV[index + 1])
end`;

export interface SessionOptions extends TableFeedOptions {
  /** Lease and reports are under this id. */
  routerId: string;
  report: () => Promise<WorkerReport>;
}

/** One connection to Redis from its opening to its end; never reconnects, for the next one may have another URL. */
export class FeedSession {
  readonly ended: Promise<void>;
  readonly #options: SessionOptions;
  readonly #keys: Keys;
  readonly #commands: Redis;
  readonly #subscriber: Redis;
  #renewal: NodeJS.Timeout | undefined;
  readonly #tables: TableFeed;
  #taking: Promise<void> = Promise.resolve();
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
    this.#tables = new TableFeed(this.#commands, keys, options);
    const over = [this.#commands, this.#subscriber].map(
      (redis) => new Promise<void>((resolve) => void redis.once("end", resolve)),
    );
    this.ended = Promise.race(over).then(() => this.#disconnect());
    for (const redis of [this.#commands, this.#subscriber])
      redis.on("error", (error) => options.log.warn({ reason: messageOf(error) }, "Redis connection"));
  }

  async open(): Promise<void> {
    await Promise.all([this.#commands.connect(), this.#subscriber.connect()]);
    this.#subscriber.on("message", (_channel, text) => {
      this.#next(() => this.#tables.hear(text)).catch((error: unknown) => this.#fail(error));
    });
    await this.#subscriber.subscribe(this.#keys.routeTableChanged);
    await this.#next(() => this.#tables.read());
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

  /** Tells that a router serves nothing any more, after what was reported before. */
  async tellEnd(routerId: string): Promise<void> {
    await this.#reporting;
    if (this.#commands.status !== "ready") return;
    const end: RouterEnd = { routerId, ended: true };
    await this.#commands
      .multi()
      .del(this.#keys.router(routerId))
      .publish(this.#keys.routerReports, JSON.stringify(end))
      .exec()
      .catch((error: unknown) => this.#fail(error));
  }

  /** Gives the lease back and ends the connection. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#renewal);
    await this.tellEnd(this.#options.routerId);
    this.#disconnect();
  }

  /** One table after the other. Rejects when Redis fails, which ends the session. */
  #next(take: () => Promise<boolean>): Promise<void> {
    this.#taking = this.#taking.then(async () => {
      if (await take()) this.report();
    });
    return this.#taking;
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
