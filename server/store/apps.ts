import type { App } from "../../core/app";
import { type DrainPolicy, defaultDrain } from "../../core/drain";
import { conflict, notFound } from "../../core/error";
import { emptyFormation, type Formation } from "../../core/formation";
import { newId } from "../../core/id";
import { defaultTlsPolicy, type TlsPolicy, tlsWords } from "../../core/tls-policy";
import { type Database, isDuplicate, type Sql } from "./database";
import { writeEvent } from "./events";
import { type AppIds, ofApps } from "./of-apps";

const columns = `id, name, formation, generation, generations, coalesce(drain, '${JSON.stringify(defaultDrain)}') as drain,
  coalesce(tls, '${JSON.stringify(defaultTlsPolicy)}') as tls, bake_ms as "bakeMs", created_at as "createdAt"`;

export class Apps {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  list(): Promise<App[]> {
    return this.#database.query<App>(`select ${columns} from apps where not destroying order by name`);
  }

  /** Those of the ids, or every one. */
  some(ids: AppIds): Promise<App[]> {
    const { condition, values } = ofApps("id", ids);
    return this.#database.query<App>(
      `select ${columns} from apps where not destroying and ${condition}`,
      values,
    );
  }

  async byName(name: string): Promise<App | null> {
    const [app] = await this.#database.query<App>(
      `select ${columns} from apps where name = $1 and not destroying`,
      [name],
    );
    return app ?? null;
  }

  async byId(id: string): Promise<App | null> {
    const [app] = await this.#database.query<App>(
      `select ${columns} from apps where id = $1 and not destroying`,
      [id],
    );
    return app ?? null;
  }

  /** Apps whose destruction was begun and not finished. */
  destroying(): Promise<App[]> {
    return this.#database.query<App>(`select ${columns} from apps where destroying`);
  }

  /** Throws `conflict` when the name is taken. */
  async create(name: string, actor: string): Promise<App> {
    try {
      return await this.#database.transaction(async (tx) => {
        const [app] = await tx.query<App>(
          `insert into apps (id, name, formation) values ($1, $2, $3) returning ${columns}`,
          [newId(), name, emptyFormation],
        );
        if (!app) throw new Error("insert returned no row");
        await writeEvent(tx, app.id, "app:created", { name }, actor);
        return app;
      });
    } catch (error) {
      if (isDuplicate(error))
        throw conflict(
          `The name ${name} is taken: choose another, or see it with paas apps:info -a ${name}.`,
        );
      throw error;
    }
  }

  /** Hides the app from every reader but `destroying`. */
  async markDestroying(appId: string): Promise<void> {
    await this.#database.query("update apps set destroying = true where id = $1", [appId]);
  }

  /** Changes the formation under the app's lock; throws what `change` throws, and `not_found` when the app is gone. */
  changeFormation(
    appId: string,
    actor: string,
    change: (formation: Formation) => Formation,
  ): Promise<{ formation: Formation; previous: Formation }> {
    return this.#database.transaction(async (tx) => {
      const app = await lockApp(tx, appId);
      if (!app) throw notFound("The app is gone.");
      const formation = change(app.formation);
      await writeFormation(tx, appId, formation, actor);
      return { formation, previous: app.formation };
    });
  }

  /** Changes how its instances drain, under the app's lock; throws what `change` throws, and `not_found` when the app is gone. */
  changeDrain(
    appId: string,
    actor: string,
    change: (policy: DrainPolicy) => DrainPolicy,
  ): Promise<{ drain: DrainPolicy; previous: DrainPolicy }> {
    return this.#database.transaction(async (tx) => {
      const app = await lockApp(tx, appId);
      if (!app) throw notFound("The app is gone.");
      const drain = change(app.drain);
      await tx.query("update apps set drain = $2 where id = $1", [appId, drain]);
      await writeEvent(tx, appId, "drain:changed", { ...drain }, actor);
      return { drain, previous: app.drain };
    });
  }

  /** Changes what it wants of TLS, under the app's lock; throws what `change` throws, and `not_found` when the app is gone. */
  changeTls(
    appId: string,
    actor: string,
    change: (policy: TlsPolicy) => TlsPolicy,
  ): Promise<{ tls: TlsPolicy; previous: TlsPolicy }> {
    return this.#database.transaction(async (tx) => {
      const app = await lockApp(tx, appId);
      if (!app) throw notFound("The app is gone.");
      const tls = change(app.tls);
      await tx.query("update apps set tls = $2 where id = $1", [appId, tls]);
      await writeEvent(tx, appId, "tls:changed", { ...tls, hsts: tlsWords(tls).hsts }, actor);
      return { tls, previous: app.tls };
    });
  }

  /** Raises the generation of a process type (`web`), of one place (`web.1`), or of the whole app. */
  async restart(appId: string, actor: string, what: string | null): Promise<void> {
    await this.#database.transaction(async (tx) => {
      if (what === null) await tx.query("update apps set generation = generation + 1 where id = $1", [appId]);
      else
        await tx.query(
          `update apps set generations = jsonb_set(generations, array[$2::text], to_jsonb(coalesce((generations->>$2)::int, 0) + 1))
           where id = $1`,
          [appId, what],
        );
      await writeEvent(tx, appId, "app:restarted", { what }, actor);
    });
  }

  async delete(app: App, actor: string): Promise<void> {
    await this.#database.transaction(async (tx) => {
      await tx.query("delete from apps where id = $1", [app.id]);
      await writeEvent(tx, app.id, "app:destroyed", { name: app.name }, actor);
    });
  }
}

/** Locks the app's row, which makes the holder the only writer of its release line and formation. */
export async function lockApp(tx: Sql, appId: string): Promise<App | null> {
  const [app] = await tx.query<App>(
    `select ${columns} from apps where id = $1 and not destroying for update`,
    [appId],
  );
  return app ?? null;
}

export async function writeFormation(
  tx: Sql,
  appId: string,
  formation: Formation,
  actor: string,
): Promise<void> {
  await tx.query("update apps set formation = $2 where id = $1", [appId, formation]);
  await writeEvent(tx, appId, "formation:changed", { ...formation }, actor);
}
