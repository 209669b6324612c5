import { type Config, emptyConfig } from "../../core/env";
import { notFound } from "../../core/error";
import { lockApp } from "./apps";
import type { Cipher } from "./cipher";
import type { Database, Sql } from "./database";
import { writeEvent } from "./events";

/** Config of builds: of the app, not of a release; the next build gets it. */
export class BuildConfigs {
  readonly #database: Database;
  readonly #cipher: Cipher;
  constructor(database: Database, cipher: Cipher) {
    this.#database = database;
    this.#cipher = cipher;
  }

  read(appId: string): Promise<Config> {
    return this.#read(this.#database, appId);
  }

  /** Changes it under the app's lock; throws what `change` throws, and `not_found` when the app is gone. */
  change(appId: string, actor: string, names: string[], change: (config: Config) => Config): Promise<Config> {
    return this.#database.transaction(async (tx) => {
      if (!(await lockApp(tx, appId))) throw notFound("The app is gone.");
      const config = change(await this.#read(tx, appId));
      await tx.query(
        `insert into build_config (app_id, sealed) values ($1, $2) on conflict (app_id) do update set sealed = $2`,
        [appId, this.#cipher.seal(config, sealName(appId))],
      );
      await writeEvent(tx, appId, "build-config:changed", { names }, actor);
      return config;
    });
  }

  async #read(sql: Sql, appId: string): Promise<Config> {
    const [row] = await sql.query<{ sealed: Buffer }>("select sealed from build_config where app_id = $1", [
      appId,
    ]);
    return row ? this.#cipher.open(row.sealed, sealName(appId)) : emptyConfig();
  }
}

/** What the sealed bytes are bound to: they open for no release and no other app. */
const sealName = (appId: string): string => `build-config ${appId}`;
