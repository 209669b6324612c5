import type { Event, EventMap, EventName } from "../../core/event";
import type { Sql } from "./database";

/** Writes an event in the caller's transaction. */
export async function writeEvent<N extends EventName>(
  tx: Sql,
  appId: string,
  name: N,
  data: EventMap[N],
  actor = "paas",
): Promise<void> {
  await tx.query("insert into events (app_id, name, data, actor) values ($1, $2, $3, $4)", [
    appId,
    name,
    data,
    actor,
  ]);
}

export class Events {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Events of an app after an id, oldest first. */
  since(appId: string, afterId: number): Promise<Event[]> {
    return this.#sql.query<Event>(
      `select id::int, at, app_id as "appId", name, data, actor from events where app_id = $1 and id > $2 order by id limit 1000`,
      [appId, afterId],
    );
  }

  /** What is told of a release, and of its build's beginning; oldest first. */
  ofRelease(appId: string, version: number, buildId: string | null): Promise<Event[]> {
    return this.#sql.query<Event>(
      `select id::int, at, app_id as "appId", name, data, actor from events
       where app_id = $1 and ((data->>'version')::int = $2 or (name = 'build:queued' and data->>'buildId' = $3))
       order by id limit 1000`,
      [appId, version, buildId],
    );
  }

  /** The id of the event that tells of a release's creation; 0 when there is none. */
  async createdId(appId: string, version: number): Promise<number> {
    const [row] = await this.#sql.query<{ id: number }>(
      `select id::int from events where app_id = $1 and name = 'release:created' and (data->>'version')::int = $2 order by id limit 1`,
      [appId, version],
    );
    return row?.id ?? 0;
  }
}
