import { notFound } from "../../core/error";
import type { AppProtocol } from "../../core/http-policy";
import { defaultHttpState, type HttpState, httpPolicyOf } from "../../core/http-settings";
import { lockApp } from "./apps";
import type { Database, Sql } from "./database";
import { writeEvent } from "./events";
import { type AppIds, ofApps } from "./of-apps";

/** How routers treat the apps' requests. */
export class HttpSettingsOfApps {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  read(appId: string): Promise<HttpState> {
    return read(this.#database, appId);
  }

  /** What apps are spoken to, by app id; HTTP/1.1 when it is not here. */
  async protocolsOf(appIds: AppIds): Promise<Map<string, AppProtocol>> {
    const { condition, values } = ofApps("app_id", appIds);
    const rows = await this.#database.query<{ appId: string; state: HttpState }>(
      `select app_id as "appId", state from http_settings where state->'settings' ? 'protocol' and ${condition}`,
      values,
    );
    return new Map(rows.map(({ appId, state }) => [appId, httpPolicyOf(state).protocol ?? "http1"]));
  }

  /** Changes them under the app's lock; throws what `change` throws, and `not_found` when the app is gone. */
  change(
    appId: string,
    actor: string,
    change: (state: HttpState) => HttpState,
  ): Promise<{ state: HttpState; previous: HttpState }> {
    return this.#database.transaction(async (tx) => {
      if (!(await lockApp(tx, appId))) throw notFound("The app is gone.");
      const previous = await read(tx, appId);
      const state = change(previous);
      await tx.query(
        "insert into http_settings (app_id, state) values ($1, $2) on conflict (app_id) do update set state = $2",
        [appId, state],
      );
      const { settings, maintenance, users } = state;
      const told = { settings: { ...settings }, maintenance, users: Object.keys(users) };
      await writeEvent(tx, appId, "http:changed", told, actor);
      return { state, previous };
    });
  }
}

async function read(sql: Sql, appId: string): Promise<HttpState> {
  const [row] = await sql.query<{ state: HttpState }>("select state from http_settings where app_id = $1", [
    appId,
  ]);
  return row?.state ?? defaultHttpState;
}
