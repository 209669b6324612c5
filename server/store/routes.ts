import { choosePlatformCertificates } from "../../core/certificate-choice";
import type { AppRoute, Target } from "../../core/route";
import type { RouteTable } from "../../core/route-table";
import { readAppRoutes, readCandidates, tlsWishOf } from "./app-routes";
import type { Database, Sql } from "./database";
import { type AppIds, ofApps } from "./of-apps";
import { PlatformTls } from "./platform-tls";

export interface StoredRoute {
  appId: string;
  mode: AppRoute["mode"];
  targets: Target[];
  /** Version of the table that this route came with. */
  version: number;
}

/** The route table's truth. Only the publisher writes it, one change at a time. */
export class Routes {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /** Of the apps, or of every one; an app that was never routed to has none. */
  of(appIds: AppIds): Promise<StoredRoute[]> {
    const { condition, values } = ofApps("app_id", appIds);
    return this.#database.query<StoredRoute>(
      `select app_id as "appId", mode, targets, version::int from routes where ${condition}`,
      values,
    );
  }

  /**
   * Sets an app's route under a new table version, and notes when instances left the rotation (their drain begins).
   * Returns the new version.
   */
  async change(appId: string, mode: AppRoute["mode"], targets: Target[]): Promise<number> {
    return this.#database.transaction(async (tx) => {
      const version = await nextVersion(tx);
      await tx.query(
        `insert into routes (app_id, mode, targets, version) values ($1, $2, $3, $4)
         on conflict (app_id) do update set mode = $2, targets = $3, version = $4`,
        [appId, mode, JSON.stringify(targets), version],
      );
      const ids = targets.map((target) => target.instanceId);
      await tx.query(
        `update instances set left_rotation_at = clock_timestamp()
         where app_id = $1 and removed_at is null and rotated and left_rotation_at is null and not (id = any($2))`,
        [appId, ids],
      );
      await tx.query(
        "update instances set rotated = true, left_rotation_at = null where app_id = $1 and id = any($2) and (not rotated or left_rotation_at is not null)",
        [appId, ids],
      );
      return version;
    });
  }

  /** Has requests to an app held under a new table version, if there is nothing they could go to now; null if there is. */
  async hold(appId: string): Promise<number | null> {
    const [row] = await this.#database.query<{ version: number }>(
      `update routes set mode = 'hold', version = nextval('route_versions')
       where app_id = $1 and mode = 'none' returning version::int`,
      [appId],
    );
    return row?.version ?? null;
  }

  /** A new table version for a change that is not of targets (hostnames, a destroyed app). */
  touch(): Promise<number> {
    return nextVersion(this.#database);
  }

  /** The newest table version. */
  async version(): Promise<number> {
    const [row] = await this.#database.query<{ version: number }>(
      "select last_value::int as version from route_versions",
    );
    return row?.version ?? 0;
  }

  /** What routers have to know of an app as of now; null when they are to know nothing of it. */
  async appRoute(appId: string, domain: string): Promise<AppRoute | null> {
    return (await readAppRoutes(this.#database, [appId], domain))[appId] ?? null;
  }

  /** Name -> id of the certificate of the app, or of the platform (null), that is served for it. */
  async certificates(appId: string | null, domain: string): Promise<Record<string, string>> {
    if (appId !== null) return (await this.appRoute(appId, domain))?.certificates ?? {};
    return choosePlatformCertificates(await readCandidates(this.#database, "app_id is null"));
  }

  /** The whole table as of now, under the newest version. */
  async table(domain: string): Promise<RouteTable> {
    const [version, apps, certificates, policy, [acme]] = await Promise.all([
      this.version(),
      readAppRoutes(this.#database, null, domain),
      this.certificates(null, domain),
      new PlatformTls(this.#database).read(),
      this.#database.query<{ thumbprint: string }>("select thumbprint from acme_key"),
    ]);
    return { version, apps, certificates, platform: { tls: tlsWishOf(policy, acme?.thumbprint) } };
  }
}

async function nextVersion(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ version: number }>("select nextval('route_versions')::int as version");
  if (!row) throw new Error("the sequence gave no version");
  return row.version;
}
