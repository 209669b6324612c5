import type { CronJob } from "../../core/cron";
import type { Database } from "./database";
import { writeEvent } from "./events";

/** What an app's newest proven release wants run, and since when. */
export interface Schedule {
  appId: string;
  version: number;
  provenAt: Date;
  jobs: CronJob[];
}

export interface Missed {
  appId: string;
  /** cron.1 */
  cron: string;
  count: number;
}

/** A schedule is part of a release: it goes and comes back with it. */
export class Schedules {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /** Of one app, or of all that have one. */
  proven(appId?: string): Promise<Schedule[]> {
    return this.#database.query<Schedule>(
      `select a.id as "appId", r.version, r.state_at as "provenAt", r.cron as jobs
       from apps a
       cross join lateral (select version, cron, state_at from release_now where app_id = a.id and state = 'proven'
                           order by version desc limit 1) r
       where not a.destroying and ($1::text is null or a.id = $1) and jsonb_array_length(r.cron) > 0`,
      [appId ?? null],
    );
  }

  /** Up to when due times were looked after; null before the first time. */
  async watchedUntil(): Promise<Date | null> {
    const [row] = await this.#database.query<{ at: Date }>("select watched_until as at from cron_clock");
    return row?.at ?? null;
  }

  /** Due times up to that instant are dealt with; what was missed is told in the same transaction. */
  async watched(until: Date, missed: Missed[]): Promise<void> {
    await this.#database.transaction(async (tx) => {
      for (const { appId, cron, count } of missed)
        await writeEvent(tx, appId, "cron:missed", { cron, count });
      await tx.query(
        "insert into cron_clock (watched_until) values ($1) on conflict (single) do update set watched_until = $1",
        [until],
      );
    });
  }

  /** Due times after an instant that were started or skipped. */
  async recorded(appId: string, cron: string, since: Date): Promise<Date[]> {
    const rows = await this.#database.query<{ dueAt: Date }>(
      `select due_at as "dueAt" from runs where app_id = $1 and name = $2 and due_at > $3`,
      [appId, cron, since],
    );
    return rows.map(({ dueAt }) => dueAt);
  }
}
