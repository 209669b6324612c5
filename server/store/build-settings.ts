import type { BuildSettings } from "../../core/build-settings";
import { notFound } from "../../core/error";
import { lockApp } from "./apps";
import type { Database, Sql } from "./database";
import { writeEvent } from "./events";

/** Settings of an app's builds. */
export class BuildSettingsOfApps {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  read(appId: string): Promise<BuildSettings> {
    return read(this.#database, appId);
  }

  /** Changes them under the app's lock; throws what `change` throws, and `not_found` when the app is gone. */
  change(
    appId: string,
    actor: string,
    change: (settings: BuildSettings) => BuildSettings,
  ): Promise<{ settings: BuildSettings; previous: BuildSettings }> {
    return this.#database.transaction(async (tx) => {
      if (!(await lockApp(tx, appId))) throw notFound("The app is gone.");
      const previous = await read(tx, appId);
      const settings = change(previous);
      await tx.query(
        `insert into build_settings (app_id, settings) values ($1, $2) on conflict (app_id) do update set settings = $2`,
        [appId, settings],
      );
      await writeEvent(tx, appId, "build-settings:changed", { ...settings }, actor);
      return { settings, previous };
    });
  }
}

async function read(sql: Sql, appId: string): Promise<BuildSettings> {
  const [row] = await sql.query<{ settings: BuildSettings }>(
    "select settings from build_settings where app_id = $1",
    [appId],
  );
  return row?.settings ?? {};
}
