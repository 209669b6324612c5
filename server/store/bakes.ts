import type { App } from "../../core/app";
import type { Bake, BakeCount, BakeOutcome } from "../../core/bake";
import type { Figures } from "../../core/figures";
import type { Release } from "../../core/release";
import { lockApp } from "./apps";
import type { Database, Sql } from "./database";
import { writeEvent } from "./events";
import type { Notices } from "./notices";
import { type AppIds, ofApps } from "./of-apps";

const columns = `app_id as "appId", release_id as "releaseId", version, old_release_id as "oldReleaseId", old_version as "oldVersion",
  started_at as "startedAt", ends_at as "endsAt", ended_at as "endedAt", outcome, words, before, count`;

/** How a bake ended, with what was counted. */
export interface BakeEnd {
  outcome: BakeOutcome;
  words: string | null;
  count: BakeCount | null;
}

/**
 * The bakes of releases: begun in the transaction that proves one, ended once.
 * INVARIANT: only the newest release that did not fail can fail its bake, so what was made of it later is never pulled from under itself.
 */
export class Bakes {
  readonly #database: Database;
  readonly #notices: Notices;
  constructor(database: Database, notices: Notices) {
    this.#database = database;
    this.#notices = notices;
  }

  /** The open one of each of the apps, or of every one. */
  openOf(appIds: AppIds): Promise<Bake[]> {
    const { condition, values } = ofApps("app_id", appIds);
    return this.#database.query<Bake>(
      `select ${columns} from bakes where ended_at is null and ${condition}`,
      values,
    );
  }

  /** Newest first. */
  list(appId: string, limit: number): Promise<Bake[]> {
    return this.#database.query<Bake>(
      `select ${columns} from bakes where app_id = $1 order by version desc limit $2`,
      [appId, limit],
    );
  }

  async of(releaseId: string): Promise<Bake | null> {
    const [bake] = await this.#database.query<Bake>(`select ${columns} from bakes where release_id = $1`, [
      releaseId,
    ]);
    return bake ?? null;
  }

  /** Keeps what the old release was like; the first word counts. */
  async keepBefore(releaseId: string, before: Figures): Promise<void> {
    await this.#database.query("update bakes set before = $2 where release_id = $1 and before is null", [
      releaseId,
      before,
    ]);
  }

  /** Ends an open bake; a failed one fails its release with the words. False when it is not open any more, or something newer builds on it. */
  async end(release: Release, end: BakeEnd): Promise<boolean> {
    const { appId, version, id } = release;
    const ended = await this.#database.transaction(async (tx) => {
      await lockApp(tx, appId);
      const failed = end.outcome === "failed";
      if (failed && (await newestVersion(tx, appId)) !== version) return false;
      if (!(await endOpen(tx, appId, id, end))) return false;
      if (!failed) return true;
      await tx.query("insert into release_states (release_id, state, reason) values ($1, 'failed', $2)", [
        id,
        end.words,
      ]);
      await writeEvent(tx, appId, "release:failed", { version, reason: end.words ?? "" });
      return true;
    });
    this.#notices.tell(appId);
    return ended;
  }

  /** Changes an app's window; without one nothing bakes any more. */
  async changeWindow(app: App, actor: string, windowMs: number | null): Promise<{ previous: number | null }> {
    const previous = await this.#database.transaction(async (tx) => {
      const now = await lockApp(tx, app.id);
      await tx.query("update apps set bake_ms = $2 where id = $1", [app.id, windowMs]);
      await writeEvent(tx, app.id, "bake:changed", { windowMs }, actor);
      if (windowMs === null)
        await endOpen(tx, app.id, null, { outcome: "stopped", words: `stopped by ${actor}`, count: null });
      return now?.bakeMs ?? null;
    });
    this.#notices.tell(app.id);
    return { previous };
  }

  /** A bake that failed in the last day and that this person has not heard of, if nothing newer was released; from now on they have. */
  async tell(appId: string, person: string): Promise<Bake | null> {
    const [bake] = await this.#database.query<Bake>(
      `update bakes set told = told || $2::text where release_id = (
         select release_id from bakes where app_id = $1 and outcome = 'failed' and ended_at > now() - interval '1 day'
           and not told @> array[$2::text] and version = (select max(version) from releases where app_id = $1))
       returning ${columns}`,
      [appId, person],
    );
    return bake ?? null;
  }
}

/** A release took over from `old`: the bake before this one is superseded, and its own begins if the app has a window. */
export async function beginBake(tx: Sql, app: App, release: Release, old: Release | null): Promise<void> {
  const { version } = release;
  const words = `v${version} took over`;
  await endOpen(tx, app.id, null, { outcome: "superseded", words, count: null });
  if (app.bakeMs === null || !old?.image) return;
  await tx.query(
    `insert into bakes (release_id, app_id, version, old_release_id, old_version, started_at, ends_at)
     select $1, $2, $3, $4, $5, at, at + $6 * interval '1 millisecond' from (select clock_timestamp() as at) now`,
    [release.id, app.id, version, old.id, old.version, app.bakeMs],
  );
  await writeEvent(tx, app.id, "bake:started", { version, oldVersion: old.version, windowMs: app.bakeMs });
}

/** The app's open bake, of a release or of whichever; false when there is none. */
async function endOpen(tx: Sql, appId: string, releaseId: string | null, end: BakeEnd): Promise<boolean> {
  const [ended] = await tx.query<{ version: number }>(
    `update bakes set ended_at = clock_timestamp(), outcome = $3, words = $4, count = $5
     where app_id = $1 and ended_at is null and ($2::text is null or release_id = $2) returning version`,
    [appId, releaseId, end.outcome, end.words, end.count],
  );
  if (!ended) return false;
  const { version } = ended;
  await writeEvent(tx, appId, "bake:ended", { version, outcome: end.outcome, words: end.words });
  return true;
}

async function newestVersion(tx: Sql, appId: string): Promise<number | null> {
  const [row] = await tx.query<{ version: number | null }>(
    "select max(version) as version from release_now where app_id = $1 and state <> 'failed'",
    [appId],
  );
  return row?.version ?? null;
}
