import { conflict } from "../../core/error";
import { wildcardOf } from "../../core/hostname";
import { type Database, isDuplicate, type Sql } from "./database";
import { writeEvent } from "./events";

export interface StoredDomain {
  hostname: string;
  appId: string;
}

/** Two additions at once must see each other. */
const additionLock = 0x7061_6175;

export class Domains {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /** Custom hostnames of an app, sorted. */
  async list(appId: string): Promise<string[]> {
    const rows = await this.#database.query<{ hostname: string }>(
      "select hostname from domains where app_id = $1 order by hostname",
      [appId],
    );
    return rows.map((row) => row.hostname);
  }

  /** Those of every app. */
  all(): Promise<StoredDomain[]> {
    return this.#database.query<StoredDomain>(`select hostname, app_id as "appId" from domains`);
  }

  /** Throws `conflict` when any app has it, and what `judge` throws of other apps' domains that overlap with it. */
  async add(
    appId: string,
    hostname: string,
    actor: string,
    judge: (others: StoredDomain[]) => void,
  ): Promise<void> {
    try {
      await this.#database.transaction(async (tx) => {
        await tx.query("select pg_advisory_xact_lock($1)", [additionLock]);
        judge(await overlapping(tx, appId, hostname));
        await tx.query("insert into domains (hostname, app_id) values ($1, $2)", [hostname, appId]);
        await writeEvent(tx, appId, "domain:added", { hostname }, actor);
      });
    } catch (error) {
      if (isDuplicate(error)) throw conflict(`${hostname} is already a domain of an app on this platform.`);
      throw error;
    }
  }

  /** False when the app does not have it. */
  remove(appId: string, hostname: string, actor: string): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      const gone = await tx.query(
        "delete from domains where hostname = $1 and app_id = $2 returning hostname",
        [hostname, appId],
      );
      if (gone.length > 0) await writeEvent(tx, appId, "domain:removed", { hostname }, actor);
      return gone.length > 0;
    });
  }
}

/** Domains of other apps that stand for a name which the hostname stands for, too. */
function overlapping(tx: Sql, appId: string, hostname: string): Promise<StoredDomain[]> {
  const wildcard = hostname.startsWith("*.");
  return tx.query<StoredDomain>(
    `select hostname, app_id as "appId" from domains where app_id <> $1 and
     ${wildcard ? "'*' || substr(hostname, strpos(hostname, '.')) = $2" : "hostname = $2"} order by hostname`,
    [appId, wildcard ? hostname : wildcardOf(hostname)],
  );
}
