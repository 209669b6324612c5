import { EventEmitter } from "node:events";
import { Redis } from "ioredis";
import type { Bake, BakeCount } from "../../core/bake";
import type { Keys } from "../../core/keys";
import { parseJson } from "../../core/parse-json";
import { redisOptions } from "../../core/redis-url";
import { addCounts, sumOf } from "../../core/report-sums";
import {
  type RouterReport,
  routerEndSchema,
  routerLeaseMs,
  routerRenewMs,
  routerReportSchema,
  type SwitchCount,
} from "../../core/route";
import { bakeCountOf } from "./bake-count";

interface Heard {
  report: RouterReport;
  /** Monotonic milliseconds. */
  at: number;
}

const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);

/**
 * Hears what the routers say of themselves.
 *
 * INVARIANTS
 * - A router counts as live for `routerLeaseMs` after its last report, counted only while we can hear: a silent Redis proves no death.
 *   One that has ended, by its own word or its successor's, does not count any more.
 * - That no router lives is known only after a lease of hearing none. A server that has just started knows nothing yet.
 */
export class Routers {
  readonly #keys: Keys;
  readonly #redis: Redis;
  readonly #ears: Redis;
  readonly #heard = new Map<string, Heard>();
  /** What the live routers told, added up; null when that has changed. A look at one app must not cost the sum over all. */
  #sums: Pick<RouterReport, "inFlight" | "streams"> | null = null;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #pulse: NodeJS.Timeout;
  /** Monotonic milliseconds; null while the connection is away. */
  #hearingSince: number | null = null;
  /** When Redis last answered; monotonic milliseconds. One that hangs closes no connection. */
  #answeredAt = 0;

  constructor(redisUrl: string, keys: Keys, onError: (error: Error) => void) {
    this.#keys = keys;
    const options = { ...redisOptions(redisUrl), maxRetriesPerRequest: 1, enableOfflineQueue: true };
    this.#redis = new Redis(options);
    this.#ears = new Redis({ ...options, maxRetriesPerRequest: null });
    this.#redis.on("error", onError);
    this.#ears.on("error", onError);
    this.#ears.on("message", (_channel, text) => {
      const said = parseJson(text);
      const end = routerEndSchema.safeParse(said).data;
      if (end) this.#ended(end.routerId);
      else this.#hear(parseReport(said));
    });
    this.#ears.on("close", () => {
      this.#hearingSince = null;
    });
    this.#ears.on("ready", () => this.#listen(onError).catch(onError));
    this.#pulse = setInterval(() => this.#feelPulse().catch(onError), routerRenewMs).unref();
  }

  /** Resolves when it hears the routers and knows what those that live said last. To be called once, before anything is asked. */
  async open(): Promise<void> {
    while (this.#hearingSince === null) await this.#nextReport(routerLeaseMs / 4);
  }

  /** What the live routers last said. */
  live(): RouterReport[] {
    const hearingSince = this.#hears() ? this.#hearingSince : null;
    if (hearingSince !== null) {
      const since = monotonicMs() - routerLeaseMs;
      for (const [id, heard] of this.#heard)
        if (Math.max(heard.at, hearingSince) < since) {
          this.#heard.delete(id);
          this.#sums = null;
        }
    }
    return [...this.#heard.values()].map((heard) => heard.report);
  }

  /** Whether every live router routes by this version or a newer one; so it is when it is known that none lives. */
  acknowledged(version: number): boolean {
    const live = this.live();
    return live.length > 0 ? live.every((report) => report.version >= version) : this.#heardNobody();
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
    return this.#summed().inFlight;
  }

  /** How many of those are streams. */
  streams(): Record<string, number> {
    return this.#summed().streams;
  }

  #summed(): Pick<RouterReport, "inFlight" | "streams"> {
    const live = this.live();
    this.#sums ??= {
      inFlight: sumOf(live.map((report) => report.inFlight)),
      streams: sumOf(live.map((report) => report.streams)),
    };
    return this.#sums;
  }

  /** What the live routers counted since an app's release took over, together; null when none knows. */
  switchCount(appId: string, release: number): SwitchCount | null {
    const counts = this.live().flatMap(({ switches }) => switches[appId] ?? []);
    return counts
      .filter((count) => count.release === release)
      .reduce<SwitchCount | null>((sum, one) => (sum === null ? one : addCounts(sum, one)), null);
  }

  /** What the live routers counted of a release that bakes and of the one before it, together; null when none knows. */
  bakeCount(bake: Bake): BakeCount | null {
    return bakeCountOf(
      bake,
      this.live().flatMap(({ bakes }) => bakes[bake.appId] ?? []),
    );
  }

  /** Calls back after each report that tells something new: a router, its table, or an instance that became busy or idle. */
  onNews(listener: () => void): void {
    this.#changes.on("news", listener);
  }

  async close(): Promise<void> {
    clearInterval(this.#pulse);
    this.#redis.disconnect();
    this.#ears.disconnect();
  }

  /** First the ears, then what was said before: so nothing is missed. Tried again for as long as the ears are open. */
  async #listen(onError: (error: Error) => void): Promise<void> {
    await this.#ears.subscribe(this.#keys.routerReports);
    const from = monotonicMs();
    while (this.#ears.status === "ready" && this.#hearingSince === null)
      try {
        await this.#readLeases(from);
        this.#answeredAt = monotonicMs();
        if (this.#ears.status === "ready") this.#hearingSince = this.#answeredAt;
      } catch (error) {
        onError(error as Error);
        await this.#nextReport(routerRenewMs);
      }
    this.#changes.emit("report");
    this.#changes.emit("news");
  }

  /** What a router has said since `from` is newer than its lease. */
  async #readLeases(from: number): Promise<void> {
    for await (const keys of this.#redis.scanStream({ match: this.#keys.routerPattern, count: 1_000 }))
      for (const key of keys as string[]) {
        const report = parseReport(parseJson((await this.#redis.get(key)) ?? ""));
        if (report && (this.#heard.get(report.routerId)?.at ?? 0) < from) this.#hear(report);
      }
  }

  #heardNobody(): boolean {
    return (
      this.#hearingSince !== null && this.#hears() && monotonicMs() - this.#hearingSince >= routerLeaseMs
    );
  }

  /** Whether a report sent now would be heard. */
  #hears(): boolean {
    return monotonicMs() - this.#answeredAt < routerLeaseMs / 2;
  }

  /** After a time in which Redis did not answer, routers have a lease's time to be heard again. */
  async #feelPulse(): Promise<void> {
    if (this.#hearingSince === null) return;
    await this.#ears.ping();
    if (this.#hearingSince !== null && !this.#hears()) this.#hearingSince = monotonicMs();
    this.#answeredAt = monotonicMs();
  }

  #hear(report: RouterReport | null): void {
    if (!report) return;
    const before = this.#heard.get(report.routerId)?.report;
    this.#heard.set(report.routerId, { report, at: monotonicMs() });
    this.#sums = null;
    this.#changes.emit("report");
    if (!before || newsOf(before) !== newsOf(report)) this.#changes.emit("news");
  }

  #ended(routerId: string): void {
    if (!this.#heard.delete(routerId)) return;
    this.#sums = null;
    this.#changes.emit("report");
    this.#changes.emit("news");
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

/** What of a report the scheduler acts on: a drain may take minutes, with a report each second. */
const newsOf = ({ version, inFlight, streams }: RouterReport): string =>
  JSON.stringify([
    version,
    Object.entries(inFlight).map(([id, count]) => [id, count > (streams[id] ?? 0), id in streams]),
  ]);

const parseReport = (said: unknown): RouterReport | null => routerReportSchema.safeParse(said).data ?? null;
