import type { Config } from "../../core/env";
import { notFound } from "../../core/error";
import type { Release } from "../../core/release";
import type { Cipher } from "./cipher";
import type { Sql } from "./database";
import { type AppIds, ofApps } from "./of-apps";

/** A row of release_now as a Release. */
export const releaseColumns = `id, app_id as "appId", version, build_id as "buildId", image, commit, ref, process_types as "processTypes",
  health_checks as "healthChecks", cron,
  config_names as "configNames", reason, description, actor, parent_version as "parentVersion", created_at as "createdAt",
  state, failure, state_at as "stateAt", command, command_ended_at as "commandEndedAt"`;

/** The newest release that the condition holds for. */
export async function oneRelease(sql: Sql, condition: string, values: unknown[]): Promise<Release | null> {
  const [release] = await sql.query<Release>(
    `select ${releaseColumns} from release_now where ${condition} order by version desc limit 1`,
    values,
  );
  return release ?? null;
}

/** One release an app; each is looked up by itself, however many releases there are. */
export function newestOf(sql: Sql, wanted: string, appIds: AppIds): Promise<Release[]> {
  const { condition, values } = ofApps("a.id", appIds);
  return sql.query<Release>(
    `select newest.* from apps a cross join lateral (
       select ${releaseColumns} from release_now where app_id = a.id and ${wanted} order by version desc limit 1) newest
     where ${condition}`,
    values,
  );
}

export async function readConfig(sql: Sql, cipher: Cipher, releaseId: string): Promise<Config> {
  const [row] = await sql.query<{ config: Buffer }>("select config from releases where id = $1", [releaseId]);
  if (!row) throw notFound("The release is gone.");
  return cipher.open(row.config, releaseId);
}
