import { EventEmitter } from "node:events";
import { Redis } from "ioredis";
import { PaasError } from "../../core/error";
import type { Keys } from "../../core/keys";
import { redisOptions } from "../../core/redis-url";
import { type RouterReport, type RouteTable, routerLeaseMs, routerReportSchema } from "../../core/route";

interface Heard {
  report: RouterReport;
  /** Monotonic milliseconds. */
  at: number;
}

const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);

/**
 * Hands the route table to the routers and hears what they say of themselves.
 *
 * INVARIANTS
 * - What is published is always a whole table; its version only rises.
 * - A router counts as live for `routerLeaseMs` after its last report.
 */
export class RoutePublisher {
  readonly #keys: Keys;
  readonly #redis: Redis;
  readonly #ears: Redis;
  readonly #heard = new Map<string, Heard>();
  readonly #changes = new EventEmitter().setMaxListeners(0);

  /** `onConnect` is called at each (re)connection: the caller publishes the newest table then, in case Redis lost it. */
  constructor(redisUrl: string, keys: Keys, onConnect: () => void, onError: (error: Error) => void) {
    this.#keys = keys;
    const options = { ...redisOptions(redisUrl), maxRetriesPerRequest: 1, enableOfflineQueue: true };
    this.#redis = new Redis(options);
    this.#ears = new Redis({ ...options, maxRetriesPerRequest: null });
    this.#redis.on("error", onError);
    this.#ears.on("error", onError);
    this.#redis.on("ready", onConnect);
    this.#ears.on("message", (_channel, text) => this.#hear(text));
    this.#ears.subscribe(keys.routerReports).catch(onError);
  }

  /** Throws `unavailable` when Redis does not take it. */
  async publish(table: RouteTable): Promise<void> {
    try {
      await this.#redis
        .multi()
        .set(this.#keys.routeTable, JSON.stringify(table))
        .publish(this.#keys.routeTableChanged, String(table.version))
        .exec();
    } catch (cause) {
      throw new PaasError("unavailable", "Redis does not take the route table.", { cause });
    }
  }

  /** What the live routers last said. */
  live(): RouterReport[] {
    const since = monotonicMs() - routerLeaseMs;
    for (const [id, heard] of this.#heard) if (heard.at < since) this.#heard.delete(id);
    return [...this.#heard.values()].map((heard) => heard.report);
  }

  /** Whether every live router routes by this version or a newer one. */
  acknowledged(version: number): boolean {
    return this.live().every((report) => report.version >= version);
  }

  /** Waits until at least one router lives and all that live have taken the version. False when that took longer than `limitMs`. */
  async waitAcknowledged(version: number, limitMs: number): Promise<boolean> {
    const until = monotonicMs() + limitMs;
    for (;;) {
      if (this.live().length > 0 && this.acknowledged(version)) return true;
      const left = until - monotonicMs();
      if (left <= 0) return false;
      await this.#nextReport(Math.min(left, routerLeaseMs / 4));
    }
  }

  /** Requests in flight by instance id, summed over the live routers. */
  inFlight(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const report of this.live())
      for (const [id, count] of Object.entries(report.inFlight)) sums[id] = (sums[id] ?? 0) + count;
    return sums;
  }

  /** Calls back after each report of a router. */
  onReport(listener: (report: RouterReport) => void): void {
    this.#changes.on("report", listener);
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
    this.#ears.disconnect();
  }

  #hear(text: string): void {
    const parsed = routerReportSchema.safeParse(parseJson(text));
    if (!parsed.success) return;
    this.#heard.set(parsed.data.routerId, { report: parsed.data, at: monotonicMs() });
    this.#changes.emit("report", parsed.data);
  }

  #nextReport(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#changes.off("report", done);
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      this.#changes.on("report", done);
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
