import type { Build, BuildResult, BuildStatus } from "../../core/build";
import { newId } from "../../core/id";
import type { Database, Sql } from "./database";
import { writeEvent } from "./events";
import type { Notices } from "./notices";

const columns = `id, app_id as "appId", commit, ref, old_commit as "oldCommit", upload, status, actor, failure, result,
  created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`;

export type NewBuild = Pick<Build, "appId" | "commit" | "ref" | "oldCommit" | "upload" | "actor">;

export class Builds {
  readonly #database: Database;
  readonly #notices: Notices;
  constructor(database: Database, notices: Notices) {
    this.#database = database;
    this.#notices = notices;
  }

  list(appId: string, limit: number): Promise<Build[]> {
    return this.#database.query<Build>(
      `select ${columns} from builds where app_id = $1 order by created_at desc limit $2`,
      [appId, limit],
    );
  }

  async byId(id: string): Promise<Build | null> {
    const [build] = await this.#database.query<Build>(`select ${columns} from builds where id = $1`, [id]);
    return build ?? null;
  }

  /** Builds that are queued or running, oldest first: what a starting server takes up again. */
  open(): Promise<Build[]> {
    return this.#database.query<Build>(
      `select ${columns} from builds where status in ('queued', 'running') order by created_at`,
    );
  }

  /** The id for a build to come: its archive is written under it before its row. */
  newId(): string {
    return newId();
  }

  /** `receiveMs` is what it took to take the push in. */
  async create(id: string, build: NewBuild, receiveMs: number): Promise<Build> {
    const created = await this.#database.transaction(async (tx) => {
      const [row] = await tx.query<Build>(
        `insert into builds (id, app_id, commit, ref, old_commit, upload, status, actor)
         values ($1, $2, $3, $4, $5, $6, 'queued', $7) returning ${columns}`,
        [id, build.appId, build.commit, build.ref, build.oldCommit, build.upload, build.actor],
      );
      if (!row) throw new Error("insert returned no row");
      const data = { buildId: id, commit: build.commit, receiveMs: Math.round(receiveMs) };
      await writeEvent(tx, build.appId, "build:queued", data, build.actor);
      return row;
    });
    this.#notices.tell(build.appId);
    return created;
  }

  /** queued -> running; running stays so (a build repeated after a crash). False when it has ended meanwhile. */
  async start(build: Build): Promise<boolean> {
    const rows = await this.#database.transaction(async (tx) => {
      const started = await tx.query(
        `update builds set status = 'running', started_at = coalesce(started_at, clock_timestamp())
         where id = $1 and status in ('queued', 'running') returning id`,
        [build.id],
      );
      if (started.length > 0) await writeEvent(tx, build.appId, "build:started", { buildId: build.id });
      return started;
    });
    this.#notices.tell(build.appId);
    return rows.length > 0;
  }

  /** Ends a build that is still open; false for an ended one, which stays as it is. */
  async end(
    build: Build,
    status: Exclude<BuildStatus, "queued" | "running">,
    failure: string | null,
  ): Promise<boolean> {
    const ended = await this.#database.transaction((tx) => endBuild(tx, build, status, failure, null));
    this.#notices.tell(build.appId);
    return ended;
  }

  /** Ends a build that nobody has begun; false for one that has begun or ended meanwhile. */
  async supersede(build: Build, failure: string): Promise<boolean> {
    const ended = await this.#database.transaction((tx) =>
      endBuild(tx, build, "superseded", failure, null, ["queued"]),
    );
    this.#notices.tell(build.appId);
    return ended;
  }
}

/** Ends an open build in the caller's transaction; false when it had ended before. */
export async function endBuild(
  tx: Sql,
  build: Pick<Build, "id" | "appId">,
  status: BuildStatus,
  failure: string | null,
  result: BuildResult | null,
  from: BuildStatus[] = ["queued", "running"],
): Promise<boolean> {
  const ended = await tx.query(
    `update builds set status = $2, failure = $3, result = $4, finished_at = clock_timestamp()
     where id = $1 and status = any($5) returning id`,
    [build.id, status, failure, result, from],
  );
  if (ended.length === 0) return false;
  await writeEvent(tx, build.appId, "build:finished", { buildId: build.id, status, failure });
  return true;
}
