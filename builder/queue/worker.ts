import { type Job, WaitingError, Worker } from "bullmq";
import { type BuildJob, type BuildOutcome, buildJobSchema } from "../../core/build";
import { messageOf } from "../../core/error";
import type { Keys } from "../../core/keys";
import type { Logger } from "../../core/logger";
import { redisOptions } from "../../core/redis-url";
import { heading } from "../../core/transcript";
import type { Write } from "../transcript/transcript";
import type { Cancellations } from "./cancellations";
import type { Outputs } from "./output";

/** A builder that has not renewed its lock for so long is dead, and its build is taken up again, once. */
const lockDurationMs = 10_000;
/** How often the dead are looked for. */
const stalledIntervalMs = 4_000;

export interface WorkerOptions {
  redisUrl: string;
  keys: Keys;
  outputs: Outputs;
  cancellations: Cancellations;
  /** Builds side by side. */
  atOnce: number;
  build(job: BuildJob, write: Write, signal: AbortSignal): Promise<BuildOutcome>;
  log: Logger;
}

export interface BuildWorker {
  /** Takes no more builds, waits up to `graceMs` for those under way, and gives the rest back to the queue. */
  stop(graceMs: number): Promise<void>;
}

/** Takes builds from the queue until stopped. Resolves when it is ready for the first. */
export async function startWorker(options: WorkerOptions): Promise<BuildWorker> {
  const { redisUrl, keys, log } = options;
  const giveBack = new AbortController();
  const worker = new Worker(keys.buildQueue, (job, token) => work(options, job, token, giveBack.signal), {
    connection: { ...redisOptions(redisUrl), maxRetriesPerRequest: null },
    prefix: keys.bull,
    concurrency: options.atOnce,
    lockDuration: lockDurationMs,
    stalledInterval: stalledIntervalMs,
    maxStalledCount: 1,
  });
  worker.on("error", (error) => log.warn({ error: messageOf(error) }, "trouble with the queue"));
  worker.on("failed", (job, error) =>
    log.error({ buildId: job?.id, error: messageOf(error) }, "a build broke off"),
  );
  await worker.waitUntilReady();
  return {
    async stop(graceMs) {
      const timer = setTimeout(() => giveBack.abort(), graceMs);
      await worker.close();
      clearTimeout(timer);
    },
  };
}

async function work(
  { outputs, cancellations, build, log }: WorkerOptions,
  job: Job,
  token: string | undefined,
  giveBack: AbortSignal,
): Promise<BuildOutcome> {
  const order = buildJobSchema.parse(job.data);
  const about = { buildId: order.buildId, app: order.appId };
  const output = outputs.of(order.buildId);
  if (job.attemptsStarted > 1) output.write(heading("The builder was interrupted: building again"));
  log.info(about, "build started");
  const cancelled = await cancellations.watch(order.buildId);
  try {
    const outcome = await build(order, output.write, AbortSignal.any([giveBack, cancelled.signal]));
    await output.end();
    log.info({ ...about, status: outcome.status }, "build finished");
    return outcome;
  } catch (error) {
    if (!giveBack.aborted) {
      if (isLastAttempt(job)) await output.end();
      throw error;
    }
    await job.moveToWait(token);
    log.info(about, "build given back to the queue");
    throw new WaitingError();
  } finally {
    cancelled.close();
  }
}

/** Whether the queue gives a build that broke off to nobody any more; until then its output goes on. */
const isLastAttempt = (job: Job): boolean => job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
