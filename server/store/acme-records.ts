import type { DnsRecord } from "../../core/acme";
import type { Database } from "./database";

/** A TXT record that the DNS hook was told to add, and has not removed yet. */
export interface AcmeRecord extends DnsRecord {
  /** To remove it, in a row. */
  failures: number;
  /** Why the last try to remove it failed; null: none has. */
  problem: string | null;
}

/** What must be taken out of DNS again, also after a death. */
export class AcmeRecords {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async keep({ name, value }: DnsRecord): Promise<void> {
    await this.#database.query(
      "insert into acme_records (name, value) values ($1, $2) on conflict (name, value) do nothing",
      [name, value],
    );
  }

  async forget({ name, value }: DnsRecord): Promise<void> {
    await this.#database.query("delete from acme_records where name = $1 and value = $2", [name, value]);
  }

  /** Notes that it could not be removed. */
  async failed({ name, value }: DnsRecord, problem: string, nextAt: Date): Promise<void> {
    await this.#database.query(
      "update acme_records set failures = failures + 1, problem = $3, next_at = $4 where name = $1 and value = $2",
      [name, value, problem, nextAt],
    );
  }

  /** Those to be removed at a time. */
  async due(nowMs: number): Promise<AcmeRecord[]> {
    return this.#database.query<AcmeRecord>(
      "select name, value, failures, problem from acme_records where next_at <= $1 order by name, value",
      [new Date(nowMs)],
    );
  }

  /** Those that could not be removed. */
  stuck(): Promise<AcmeRecord[]> {
    return this.#database.query<AcmeRecord>(
      "select name, value, failures, problem from acme_records where failures > 0 order by name, value",
    );
  }
}
