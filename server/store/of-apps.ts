/** Which apps a statement is about; null is all of them. */
export type AppIds = readonly string[] | null;

/** The condition of such a statement, whose only value is `$1`. Without ids there is none, so that PostgreSQL plans for all rows. */
export function ofApps(column: string, ids: AppIds): { condition: string; values: unknown[] } {
  return ids === null
    ? { condition: "true", values: [] }
    : { condition: `${column} = any($1)`, values: [ids] };
}
