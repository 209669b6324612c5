import type { Sql } from "./database";

/** What time it is for the ledger: what its rows are stamped with. */
export async function ledgerTime(sql: Sql): Promise<Date> {
  const [row] = await sql.query<{ at: Date }>("select clock_timestamp() as at");
  if (!row) throw new Error("The database told no time.");
  return row.at;
}
