import { notFound, PaasError } from "../../core/error";
import { maxOneOffs, type Run, type RunOutcome } from "../../core/one-off";
import { lockApp } from "./apps";
import { type Database, isDuplicate } from "./database";
import { writeEvent } from "./events";

export type NewRun = Pick<Run, "id" | "appId" | "name" | "kind" | "command" | "version" | "actor" | "dueAt">;

const columns = `id, app_id as "appId", name, kind, command, version, actor, due_at as "dueAt", started_at as "startedAt",
  ended_at as "endedAt", exit_code as "exitCode", outcome`;

/** Every one-off there was: who ran what, and how it ended. */
export class Runs {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /** Newest first. */
  list(appId: string, limit: number): Promise<Run[]> {
    return this.#database.query<Run>(
      `select ${columns} from runs where app_id = $1 order by started_at desc, id limit $2`,
      [appId, limit],
    );
  }

  /** Those that have not ended, of one app or of all, newest first. */
  open(appId?: string): Promise<Run[]> {
    return this.#database.query<Run>(
      `select ${columns} from runs where ended_at is null and ($1::text is null or app_id = $1) order by started_at desc, id`,
      [appId ?? null],
    );
  }

  /**
   * Records a run before its container exists. Throws `busy` when the app has all the one-offs it may have, `not_found` when it is gone;
   * null when its name, or its due time, is taken.
   */
  async create(run: NewRun): Promise<Run | null> {
    try {
      return await this.#database.transaction(async (tx) => {
        const app = await lockApp(tx, run.appId);
        if (!app) throw notFound("The app is gone.");
        const [open] = await tx.query<{ count: number }>(
          "select count(*)::int as count from runs where app_id = $1 and ended_at is null",
          [run.appId],
        );
        if ((open?.count ?? 0) >= maxOneOffs)
          throw new PaasError(
            "busy",
            `${app.name} has ${maxOneOffs} one-offs under way, as many as it may: wait for one to end, or stop one (paas run:list, paas run:stop NAME).`,
          );
        const [row] = await tx.query<Run>(
          `insert into runs (id, app_id, name, kind, command, version, actor, due_at) values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
          [run.id, run.appId, run.name, run.kind, run.command, run.version, run.actor, run.dueAt],
        );
        await writeEvent(tx, run.appId, "run:started", { run: run.name, kind: run.kind }, run.actor);
        return row ?? null;
      });
    } catch (error) {
      if (isDuplicate(error)) return null;
      throw error;
    }
  }

  /** Records a due time at which nothing was started; false when it is recorded already. */
  async leaveOut(run: NewRun, outcome: "skipped" | "not started"): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      const rows = await tx.query(
        `insert into runs (id, app_id, name, kind, command, version, actor, due_at, ended_at, outcome)
         values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp(), $9) on conflict do nothing returning id`,
        [run.id, run.appId, run.name, run.kind, run.command, run.version, run.actor, run.dueAt, outcome],
      );
      if (rows.length > 0)
        await writeEvent(tx, run.appId, "run:ended", { run: run.name, outcome, exitCode: null });
      return rows.length > 0;
    });
  }

  /** Takes a run back that was never begun, so that its due time can be met. */
  async withdraw(run: Run): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const rows = await tx.query("delete from runs where id = $1 and ended_at is null returning id", [
        run.id,
      ]);
      const ended = { run: run.name, outcome: "not started", exitCode: null } as const;
      if (rows.length > 0) await writeEvent(tx, run.appId, "run:ended", ended);
    });
  }

  /** Records an end, once; false when one was recorded. */
  async end(run: Run, outcome: RunOutcome, exitCode: number | null): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      const rows = await tx.query(
        "update runs set ended_at = clock_timestamp(), outcome = $2, exit_code = $3 where id = $1 and ended_at is null returning id",
        [run.id, outcome, exitCode],
      );
      if (rows.length > 0) await writeEvent(tx, run.appId, "run:ended", { run: run.name, outcome, exitCode });
      return rows.length > 0;
    });
  }
}
