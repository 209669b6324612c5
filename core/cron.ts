import { Cron } from "croner";
import { z } from "zod";
import { invalid } from "./error";

/** One line of an app's schedule. */
export const cronJobSchema = z.object({
  command: z.string(),
  /** Five fields as cron has them, or a nickname such as @daily. */
  schedule: z.string(),
  /** An IANA name: Europe/Berlin. */
  timezone: z.string(),
  /** Whether a run may start while the one before it is still under way. */
  overlap: z.enum(["forbid", "allow"]),
});
export type CronJob = z.infer<typeof cronJobSchema>;

/** `0 3 * * * (UTC) bin/report` */
export const jobText = ({ schedule, timezone, command, overlap }: CronJob): string =>
  `${schedule} (${timezone}${overlap === "allow" ? ", may overlap" : ""}) ${command}`;

/** A due time is still met so much later: the restart of a server skips nothing. What is older was missed, and is not run late. */
export const lateLimitMs = 30_000;

/** More missed runs than these are not counted. */
export const maxMissed = 1_000;

/** Throws `invalid` for a schedule that cannot be read or never comes, and for an unknown time zone. */
export function checkCronJob({ schedule, timezone }: CronJob, now: Date): void {
  const what = `app.json: the cron schedule ${JSON.stringify(schedule)}`;
  if (!isTimezone(timezone))
    throw invalid(
      `app.json: ${JSON.stringify(timezone)} is no time zone: write one like UTC or Europe/Berlin.`,
    );
  let next: Date | null;
  try {
    // What croner puts for `?` is the time of reading, which would differ each time.
    next = schedule.includes("?") ? null : (reader(schedule, timezone).nextRun(now) ?? null);
  } catch (cause) {
    throw invalid(
      `${what} cannot be read: write five fields (minute hour day month weekday), such as "0 3 * * *", or @daily.`,
      { reason: String(cause).slice(0, 200) },
    );
  }
  if (next === null) throw invalid(`${what} never comes.`);
}

/** The first due time after an instant; null when there is none. Hours that the zone's clock skips or repeats come once. */
export const nextDue = ({ schedule, timezone }: CronJob, after: Date): Date | null =>
  reader(schedule, timezone).nextRun(after) ?? null;

export interface DueTimes {
  /** To be started now. */
  due: Date[];
  /** Too long ago; the oldest `maxMissed` of them. */
  missed: Date[];
}

/** The due times after `since` up to `now`. */
export function dueTimes(job: CronJob, since: Date, now: Date): DueTimes {
  const times: DueTimes = { due: [], missed: [] };
  const lateFrom = new Date(now.getTime() - lateLimitMs);
  for (let at = nextDue(job, since); at !== null && at <= now; at = nextDue(job, at)) {
    if (at >= lateFrom) times.due.push(at);
    else if (times.missed.length < maxMissed) times.missed.push(at);
    else at = new Date(lateFrom.getTime() - 1);
  }
  return times;
}

const reader = (schedule: string, timezone: string): Cron =>
  new Cron(schedule, { mode: "5-part", timezone, paused: true });

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
