import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { dataPaths } from "../../core/data-paths";
import type { EventName } from "../../core/event";
import type { TestPlatform } from "./platform";

const betweenLooksMs = 3;

/** A platform's database, seen from outside: which events were written, what its rows say. Lives through deaths of PostgreSQL. */
export class Ledger {
  readonly #pool: pg.Pool;

  constructor(platform: TestPlatform) {
    const connectionString = readFileSync(dataPaths(platform.dataDir).databaseUrl, "utf8").trim();
    this.#pool = new pg.Pool({ connectionString, max: 3 });
    this.#pool.on("error", () => undefined); // a connection that died while idle is replaced
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  /** Asks until PostgreSQL answers. */
  async query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    for (;;) {
      try {
        return (await this.#pool.query<Row>(text, values)).rows;
      } catch (error) {
        if (isFaultOfTheStatement(error)) throw error;
        await delay(100);
      }
    }
  }

  /** The id of the newest event: what comes after it is new. */
  async newestEvent(): Promise<number> {
    const [row] = await this.query<{ id: number }>("select coalesce(max(id), 0)::int as id from events");
    return row?.id ?? 0;
  }

  /** Resolves when an app has an event of that name after the given one. */
  async event(app: string, name: EventName, afterId: number): Promise<void> {
    const text = `select 1 as there from events e join apps a on a.id = e.app_id
      where a.name = $1 and e.name = $2 and e.id > $3 limit 1`;
    while ((await this.query(text, [app, name, afterId])).length === 0) await delay(betweenLooksMs);
  }

  async appId(app: string): Promise<string> {
    const [row] = await this.query<{ id: string }>("select id from apps where name = $1", [app]);
    if (!row) throw new Error(`there is no app ${app}`);
    return row.id;
  }

  /**
   * Holds an app's row as a slow transaction would: releases cannot be created, proven or failed until the returned function is called.
   * Instances and routes can change meanwhile.
   */
  async holdReleases(app: string): Promise<() => Promise<void>> {
    const client = await this.#pool.connect();
    await client.query("begin");
    await client.query("select 1 from apps where name = $1 for no key update", [app]);
    return async () => {
      await client.query("rollback");
      client.release();
    };
  }
}

/** A statement that PostgreSQL understood and refused; anything else passes when the database is back. */
function isFaultOfTheStatement(error: unknown): boolean {
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  return code !== undefined && !/^(57P|08)/.test(code);
}
