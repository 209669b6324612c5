import type { Release } from "../../core/release";
import type { Database, Sql } from "./database";
import { writeEvent } from "./events";
import type { Notices } from "./notices";
import { type AppIds, ofApps } from "./of-apps";

/** What the platform remembers of a release's command whose container may still exist. */
export interface CommandRow {
  releaseId: string;
  appId: string;
  version: number;
  startedAt: Date | null;
  endedAt: Date | null;
  exitCode: number | null;
  /** How far its output was read. */
  logCursor: string | null;
}

/** A piece of kept output; ids rise in the order of writing. */
export interface OutputPiece {
  id: number;
  text: string;
}

/** Output beyond this is in the app's log only. */
const keptOutputBytes = 1024 * 1024;

const columns = `release_id as "releaseId", app_id as "appId", version, started_at as "startedAt", ended_at as "endedAt",
  exit_code as "exitCode", log_cursor as "logCursor"`;

/** The release phase's memory: which commands were started, how they ended and what they said. */
export class ReleaseCommands {
  readonly #database: Database;
  readonly #notices: Notices;
  constructor(database: Database, notices: Notices) {
    this.#database = database;
    this.#notices = notices;
  }

  /** Those that are still to run, run, or whose container may still be there. */
  presentOf(appIds: AppIds): Promise<CommandRow[]> {
    const { condition, values } = ofApps("app_id", appIds);
    return this.#database.query<CommandRow>(
      `select ${columns} from release_commands where removed_at is null and ${condition} order by version`,
      values,
    );
  }

  async ofRelease(releaseId: string): Promise<CommandRow | null> {
    const [row] = await this.#database.query<CommandRow>(
      `select ${columns} from release_commands where release_id = $1`,
      [releaseId],
    );
    return row ?? null;
  }

  /** Notes that its container is about to be started. False when that was known, or when the release is no longer pending. */
  async started(release: Release): Promise<boolean> {
    const { id, appId, version, processTypes } = release;
    const noted = await this.#database.transaction(async (tx) => {
      const rows = await tx.query(
        `update release_commands set started_at = clock_timestamp() where release_id = $1 and started_at is null
         and (select state from release_now where id = $1) = 'pending' returning 1`,
        [id],
      );
      const command = processTypes.release?.command ?? null;
      if (rows.length > 0) await writeEvent(tx, appId, "command:started", { version, command });
      return rows.length > 0;
    });
    this.#notices.tell(appId);
    return noted;
  }

  /** Notes its exit code once. All of its output was kept before. */
  async ended(release: Release, exitCode: number): Promise<void> {
    const { id, appId, version } = release;
    await this.#database.transaction(async (tx) => {
      const rows = await tx.query(
        "update release_commands set ended_at = clock_timestamp(), exit_code = $2 where release_id = $1 and exit_code is null returning 1",
        [id, exitCode],
      );
      if (rows.length > 0) await writeEvent(tx, appId, "command:ended", { version, exitCode });
    });
    this.#notices.tell(appId);
  }

  /** Its container is gone for good. Of one that is still to run or to be judged nothing is noted. */
  async removed(releaseId: string): Promise<void> {
    await this.#database.query(
      `update release_commands set removed_at = clock_timestamp() where release_id = $1 and removed_at is null
       and (exit_code is not null or (select state from release_now where id = $1) <> 'pending')`,
      [releaseId],
    );
  }

  /** Keeps output and, as one with it, how far it was read. */
  async appendOutput(release: Release, text: string, cursor: string): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const [row] = await tx.query<{ before: number }>(
        `update release_commands set log_cursor = $2, output_bytes = output_bytes + $3 where release_id = $1
         returning (output_bytes - $3)::float8 as before`,
        [release.id, cursor, Buffer.byteLength(text)],
      );
      const kept = keptPart(text, row?.before ?? 0);
      if (kept !== "")
        await tx.query("insert into release_output (release_id, text) values ($1, $2)", [release.id, kept]);
    });
    this.#notices.tell(release.appId);
  }

  /** Output pieces after an id, in order. */
  output(releaseId: string, afterId: number): Promise<OutputPiece[]> {
    return this.#database.query<OutputPiece>(
      "select id::float8 as id, text from release_output where release_id = $1 and id > $2 order by id limit 100",
      [releaseId, afterId],
    );
  }
}

/** Writes, with the release itself, that its command is to run, or that somebody chose that it does not. */
export async function planCommand(
  tx: Sql,
  release: { id: string; appId: string; version: number },
  skipped: boolean,
): Promise<void> {
  await tx.query(
    `insert into release_commands (release_id, app_id, version, skipped, removed_at)
     values ($1, $2, $3, $4, case when $4 then clock_timestamp() end)`,
    [release.id, release.appId, release.version, skipped],
  );
}

/** What of a text is still within the limit; the piece that crosses it is whole and says that it is the last. */
function keptPart(text: string, bytesBefore: number): string {
  // A NUL is the one character that the database cannot keep.
  const clean = text.replaceAll("\0", "\\x00");
  if (bytesBefore >= keptOutputBytes) return "";
  const crosses = bytesBefore + Buffer.byteLength(text) >= keptOutputBytes;
  return crosses ? `${clean}(more than is kept here: see paas logs)\n` : clean;
}
