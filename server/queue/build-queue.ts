import { setTimeout as sleep } from "node:timers/promises";
import { type Job, Queue, QueueEvents } from "bullmq";
import { Redis } from "ioredis";
import {
  type BuildJob,
  type BuildOutcome,
  buildOutcomeSchema,
  type SandboxReport,
  sandboxReportSchema,
} from "../../core/build";
import { type PulledImage, pulledImageSchema } from "../../core/garbage";
import type { Keys } from "../../core/keys";
import { redisOptions } from "../../core/redis-url";

/** How often a build under way is looked for in Redis: a Redis that lost it gets it again. */
const lookMs = 2_000;
/** For a build that ended while no server heard of it. Not at once: a builder that has just been given a build wants its source first. */
const firstLookMs = 100;

/** A builder's own trouble (a server that was just away, an engine that restarts) passes: the build is tried again after 1, 2, 4 and 8 s. */
const attempts = 5;
const retryMs = 1_000;

/** As long as jobs are kept. */
const cancelledSeconds = 86_400;

/** Hands builds to builders. Postgres and the source archive are the truth; what Redis forgets is handed over again. */
export class BuildQueue {
  readonly #keys: Keys;
  readonly #connection: ReturnType<typeof redisOptions>;
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #redis: Redis;

  /** `onError` hears of connection trouble; the connections come back by themselves. */
  constructor(redisUrl: string, keys: Keys, onError: (error: Error) => void) {
    this.#keys = keys;
    this.#connection = redisOptions(redisUrl);
    const options = { prefix: keys.bull, connection: { ...this.#connection, maxRetriesPerRequest: null } };
    this.#queue = new Queue(keys.buildQueue, options);
    this.#events = new QueueEvents(keys.buildQueue, options);
    this.#redis = new Redis(options.connection).on("error", onError);
    this.#queue.on("error", onError);
    this.#events.on("error", onError);
  }

  /** Resolves with the outcome of a build, handing it over as often as that takes; rejects only when aborted. */
  async outcome(job: BuildJob, signal: AbortSignal): Promise<BuildOutcome> {
    signal.throwIfAborted();
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    try {
      let next = this.#somethingHappens(job.buildId, firstLookMs, until);
      // A job that is there stays as it is. One that could not be handed over, or has ended already, the first look finds.
      await this.#handOver(job).catch(() => undefined);
      for (;;) {
        const told = await next;
        signal.throwIfAborted();
        next = this.#somethingHappens(job.buildId, lookMs, until);
        const ended = told ?? (await this.#look(job).catch(() => null));
        if (ended) return ended;
      }
    } finally {
      over.abort();
    }
  }

  /** Has whoever builds it end it, processes and all, and nobody begin it any more. */
  async cancel(buildId: string): Promise<void> {
    await this.#redis.set(this.#keys.buildCancelled(buildId), "1", "EX", cancelledSeconds);
    await this.#redis.publish(this.#keys.cancelBuild, buildId);
  }

  /** Cancels what the queue holds beside these: builds that ended in the ledger while no server heard of it. */
  async keepOnly(buildIds: ReadonlySet<string>): Promise<void> {
    for (const job of await this.#queue.getJobs(["active", "waiting", "delayed"]))
      if (job.id !== undefined && !buildIds.has(job.id)) await this.cancel(job.id);
  }

  /** Chunks of a build's output from its beginning to its end. Ends early only when aborted. */
  async *output(buildId: string, signal: AbortSignal): AsyncGenerator<string> {
    const redis = new Redis({ ...this.#connection, maxRetriesPerRequest: null });
    redis.on("error", () => {}); // it reconnects; the read below is repeated
    const stop = () => redis.disconnect();
    signal.addEventListener("abort", stop);
    let after = "0-0";
    try {
      while (!signal.aborted) {
        const read = await redis
          .xread("COUNT", 100, "BLOCK", 5_000, "STREAMS", this.#keys.buildOutput(buildId), after)
          .catch(() => sleep(lookMs, null, { signal }).catch(() => null));
        for (const [id, fields] of read?.[0]?.[1] ?? []) {
          after = id;
          if (fields[0] === "end") return;
          if (fields[0] === "text" && fields[1] !== undefined) yield fields[1];
        }
      }
    } finally {
      signal.removeEventListener("abort", stop);
      redis.disconnect();
    }
  }

  /** All of a build's output that Redis has. */
  async wholeOutput(buildId: string): Promise<string> {
    const entries = await this.#redis.xrange(this.#keys.buildOutput(buildId), "-", "+");
    return entries.flatMap(([, fields]) => (fields[0] === "text" ? [fields[1] ?? ""] : [])).join("");
  }

  /** How the builder holds builds; null before its first one. */
  async sandbox(): Promise<SandboxReport | null> {
    const text = await this.#redis.get(this.#keys.sandbox);
    return text === null ? null : sandboxReportSchema.parse(JSON.parse(text));
  }

  /** What builds have pulled, by name. */
  async pulledImages(): Promise<Map<string, PulledImage>> {
    const entries = Object.entries(await this.#redis.hgetall(this.#keys.pulledImages));
    return new Map(entries.map(([ref, text]) => [ref, pulledImageSchema.parse(JSON.parse(text))]));
  }

  async forgetPulledImage(ref: string): Promise<void> {
    await this.#redis.hdel(this.#keys.pulledImages, ref);
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
    await Promise.all([this.#queue.close(), this.#events.close()]);
  }

  async #handOver(job: BuildJob): Promise<void> {
    await this.#queue.add("build", job, {
      jobId: job.buildId,
      attempts,
      backoff: { type: "exponential", delay: retryMs },
      removeOnComplete: { age: 86_400 },
      removeOnFail: { age: 86_400 },
    });
  }

  async #look(job: BuildJob): Promise<BuildOutcome | null> {
    const found: Job | undefined = await this.#queue.getJob(job.buildId);
    if (!found) {
      await this.#handOver(job);
      return null;
    }
    if (await found.isCompleted()) return buildOutcomeSchema.parse(found.returnvalue);
    if (await found.isFailed()) return { status: "failed", message: brokenOff(found) };
    return null;
  }

  /** Resolves with the outcome where what happens is that; with null when it is time to look again, after `waitMs` at the latest. */
  #somethingHappens(buildId: string, waitMs: number, signal: AbortSignal): Promise<BuildOutcome | null> {
    return new Promise((resolve) => {
      const done = (outcome: BuildOutcome | null) => {
        clearTimeout(timer);
        this.#events.off("completed", onCompleted);
        this.#events.off("failed", onFailed);
        signal.removeEventListener("abort", look);
        resolve(outcome);
      };
      const look = () => done(null);
      const onCompleted = ({ jobId, returnvalue }: { jobId: string; returnvalue: unknown }) =>
        jobId === buildId && done(buildOutcomeSchema.safeParse(returnvalue).data ?? null);
      const onFailed = ({ jobId }: { jobId: string }) => jobId === buildId && look();
      const timer = setTimeout(look, waitMs);
      this.#events.on("completed", onCompleted);
      this.#events.on("failed", onFailed);
      signal.addEventListener("abort", look);
    });
  }
}

/** A job whose builder died while it was its second stays unfinished; what other failures say is the builder's own trouble. */
const brokenOff = ({ stalledCounter, failedReason }: Job): string =>
  stalledCounter > 1
    ? "The builder died twice during this build, so it was given up. See paas doctor and the builder's log; then push again."
    : `The builder could not build it: ${failedReason}`;
