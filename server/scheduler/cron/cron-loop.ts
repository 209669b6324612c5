import { setTimeout as pause } from "node:timers/promises";
import { type DueTimes, dueTimes, maxMissed } from "../../../core/cron";
import { messageOf } from "../../../core/error";
import type { Logger } from "../../../core/logger";
import type { AppLogs } from "../../logs/app-logs";
import type { Missed, Schedule, Schedules } from "../../store/schedules";

export interface CronWorld {
  schedules: Pick<Schedules, "proven" | "watchedUntil" | "watched" | "recorded">;
  /** Starts the job of that number for a due time, or records why not; a due time that is recorded already starts nothing. */
  start(schedule: Schedule, number: number, dueAt: Date): Promise<void>;
  logs: Pick<AppLogs, "append">;
  log: Logger;
  now(): number;
}

const minuteMs = 60_000;
const restMs = 5_000;

export const cronPlace = (number: number): string => `cron.${number}`;

/**
 * Looks every minute at what the proven releases want run.
 *
 * INVARIANT: what was due after the ledger's clock is either recorded as a run or told as missed, and then the clock moves on. A due time
 * is recorded before its container is made, so that no death in between starts it twice.
 */
export class CronLoop {
  readonly #world: CronWorld;
  readonly #closing = new AbortController();
  #looping: Promise<void> = Promise.resolve();

  constructor(world: CronWorld) {
    this.#world = world;
  }

  start(): void {
    this.#looping = this.#loop();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#looping;
  }

  /** One look, from the ledger's clock to now. */
  async pass(): Promise<void> {
    const { schedules } = this.#world;
    const now = new Date(this.#world.now());
    const since = (await schedules.watchedUntil()) ?? now;
    const missed = await Promise.all(
      (await schedules.proven()).map((schedule) => this.#serve(schedule, since, now)),
    );
    // A clock that was set back is followed: what ran in that hour is recorded and does not run again.
    await schedules.watched(now, missed.flat());
    for (const one of missed.flat()) await this.#say(one, now);
  }

  async #serve(schedule: Schedule, since: Date, now: Date): Promise<Missed[]> {
    const from = schedule.provenAt > since ? schedule.provenAt : since;
    const missed: Missed[] = [];
    for (const [index, job] of schedule.jobs.entries()) {
      const number = index + 1;
      const times = dueTimes(job, from, now);
      for (const dueAt of times.due) await this.#start(schedule, number, dueAt);
      const count = await this.#countMissed(schedule, number, from, times);
      if (count > 0) missed.push({ appId: schedule.appId, cron: cronPlace(number), count });
    }
    return missed;
  }

  /** One app's trouble is not the others'. */
  async #start(schedule: Schedule, number: number, dueAt: Date): Promise<void> {
    try {
      await this.#world.start(schedule, number, dueAt);
    } catch (error) {
      this.#world.log.error(
        { app: schedule.appId, cron: cronPlace(number), dueAt, err: messageOf(error) },
        "a scheduled run could not be started",
      );
    }
  }

  async #countMissed(
    { appId }: Schedule,
    number: number,
    since: Date,
    { missed }: DueTimes,
  ): Promise<number> {
    if (missed.length === 0) return 0;
    const recorded = await this.#world.schedules.recorded(appId, cronPlace(number), since);
    const known = new Set(recorded.map((at) => at.getTime()));
    return missed.filter((at) => !known.has(at.getTime())).length;
  }

  #say({ appId, cron, count }: Missed, at: Date): Promise<void> {
    const many = `${count === maxMissed ? "at least " : ""}${count} run${count === 1 ? "" : "s"}`;
    const text = `cron: missed ${many} while the platform was down`;
    return this.#world.logs.append(appId, [{ at, from: "paas", place: cron, text }]);
  }

  async #loop(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const restsFor = await this.pass().then(
        () => minuteMs - (this.#world.now() % minuteMs),
        (error: unknown) => {
          this.#world.log.warn({ err: messageOf(error) }, "schedules could not be looked at; trying again");
          return restMs;
        },
      );
      await pause(restsFor, undefined, { signal }).catch(() => undefined);
    }
  }
}
