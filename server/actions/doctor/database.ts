import { type Finding, fault, sizeText, warning, well } from "../../../core/doctor";
import type { Check } from "./check";

export interface DatabaseFacts {
  version: string;
  readOnly: boolean;
  sizeBytes: number;
  connections: number;
  maxConnections: number;
}

export const databaseCheck: Check = {
  name: "database",
  async look(ctx) {
    const [facts] = await ctx.store.database.query<DatabaseFacts>(
      `select current_setting('server_version') as version, pg_database_size(current_database())::float8 as "sizeBytes",
              pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as "readOnly",
              (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
              current_setting('max_connections')::int as "maxConnections"`,
    );
    if (!facts) throw new Error("the database tells nothing of itself");
    return [judgeDatabase(facts)];
  },
};

export function judgeDatabase(facts: DatabaseFacts): Finding {
  const { version, readOnly, sizeBytes, connections, maxConnections } = facts;
  const what = `PostgreSQL ${version} answers: ${sizeText(sizeBytes)}, ${connections} of ${maxConnections} connections${readOnly ? ", read-only" : ""}`;
  if (readOnly)
    return fault("database", {
      what,
      meaning: "Nothing can be deployed, scaled or configured.",
      remedy: "Point DATABASE_URL to the primary, or end its read-only mode.",
    });
  if (connections > maxConnections * 0.8)
    return warning("database", {
      what,
      meaning: "When all are taken the platform cannot reconnect.",
      remedy: "Raise max_connections, or see who takes them: select * from pg_stat_activity",
    });
  return well("database", what);
}
