import type { SwitchRecord } from "../../core/receipt";
import type { SwitchCount } from "../../core/route";
import type { Database } from "./database";
import type { Notices } from "./notices";

const columns = `version, switched_at as "switchedAt", switch_ms as "switchMs", drained_at as "drainedAt", count`;

/**
 * What the switch to each release cost; written once more when its drain has ended, and never after that.
 * Which apps have an open one is remembered, so that looking at an app without costs no query: one server writes at a time.
 */
export class Receipts {
  readonly #database: Database;
  readonly #notices: Notices;
  #openApps: Set<string> | null = null;
  #begun = 0;
  constructor(database: Database, notices: Notices) {
    this.#database = database;
    this.#notices = notices;
  }

  async of(releaseId: string): Promise<SwitchRecord | null> {
    const [record] = await this.#database.query<SwitchRecord>(
      `select ${columns} from receipts where release_id = $1`,
      [releaseId],
    );
    return record ?? null;
  }

  /** Those of an app whose drain has not ended. */
  async open(appId: string): Promise<SwitchRecord[]> {
    const apps = await this.#known();
    if (!apps.has(appId)) return [];
    const begun = this.#begun;
    const records = await this.#database.query<SwitchRecord>(
      `select ${columns} from receipts where app_id = $1 and drained_at is null order by version`,
      [appId],
    );
    // One that was begun during the query is not in its answer.
    if (records.length === 0 && this.#begun === begun) apps.delete(appId);
    return records;
  }

  /** The table is about to change; a switch that is tried again began the first time. */
  async begin(appId: string, releaseId: string, version: number): Promise<void> {
    const apps = await this.#known();
    await this.#database.query(
      "insert into receipts (release_id, app_id, version) values ($1, $2, $3) on conflict do nothing",
      [releaseId, appId, version],
    );
    this.#begun += 1;
    apps.add(appId);
  }

  /** Every router has taken it. */
  async switched(releaseId: string): Promise<void> {
    await this.#database.query(
      `update receipts set switch_ms = extract(epoch from clock_timestamp() - switched_at) * 1000
       where release_id = $1 and switch_ms is null and drained_at is null`,
      [releaseId],
    );
  }

  /** The drain has ended. */
  async complete(appId: string, version: number, count: SwitchCount | null): Promise<void> {
    await this.#database.query(
      "update receipts set drained_at = clock_timestamp(), count = $3 where app_id = $1 and version = $2 and drained_at is null",
      [appId, version, count],
    );
    this.#notices.tell(appId);
  }

  async #known(): Promise<Set<string>> {
    if (this.#openApps) return this.#openApps;
    const rows = await this.#database.query<{ id: string }>(
      "select distinct app_id as id from receipts where drained_at is null",
    );
    // Another call may have been quicker, and told of more since.
    this.#openApps ??= new Set(rows.map((row) => row.id));
    return this.#openApps;
  }
}
