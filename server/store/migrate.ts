import { PaasError } from "../../core/error";
import type { Database } from "./database";
import { firstLight } from "./migrations/0001-first-light";
import { drain } from "./migrations/0005-drain";

/** Forward-only, in order; a migration that has landed is never changed. */
const migrations = [firstLight, drain];
const lockKey = 0x7061_6173;

/** Brings the schema to this software's version, one process at a time; throws `conflict` when the database is of a newer software. */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock($1)", [lockKey]);
    await tx.query(
      "create table if not exists migrations (number integer primary key, at timestamptz not null default now())",
    );
    const [row] = await tx.query<{ newest: number | null }>("select max(number) as newest from migrations");
    const newest = row?.newest ?? 0;
    if (newest > migrations.length)
      throw new PaasError(
        "conflict",
        `The database is at schema ${newest}, this paas knows ${migrations.length}: run the newer paas that wrote it.`,
      );
    for (const [index, sql] of migrations.entries()) {
      if (index < newest) continue;
      await tx.query(sql);
      await tx.query("insert into migrations (number) values ($1)", [index + 1]);
    }
  });
}
