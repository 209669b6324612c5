import { type Candidate, chooseCertificates } from "../../core/certificate-choice";
import { type DrainPolicy, defaultDrain } from "../../core/drain";
import { defaultHttpState, type HttpState, httpPolicyOf, withinHosts } from "../../core/http-settings";
import type { AppRoute, RouteTable, Target } from "../../core/route";
import { appHostname } from "../../core/route";
import { defaultTlsPolicy, hstsHeader, type TlsPolicy } from "../../core/tls-policy";
import type { Database, Sql } from "./database";
import { HttpPages, type PublishedPage } from "./http-pages";
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

  /** A new table version for a change that is not of targets (hostnames, a destroyed app). */
  async touch(): Promise<number> {
    return nextVersion(this.#database);
  }

  /** The whole table as of now, under the newest version. */
  async table(domain: string): Promise<RouteTable> {
    const [[sequence], apps, domains, candidates, [acme], pages, platform] = await Promise.all([
      this.#database.query<{ version: number }>("select last_value::int as version from route_versions"),
      this.#database.query<AppRow>(
        `select a.id, a.name, r.mode, r.targets, a.drain, a.bake_ms as "bakeMs", a.tls, h.state as http from apps a
         left join routes r on r.app_id = a.id left join http_settings h on h.app_id = a.id where not a.destroying`,
      ),
      this.#database.query<{ hostname: string; appId: string }>(
        `select hostname, app_id as "appId" from domains`,
      ),
      this.#database.query<Candidate>(
        `select id, app_id as "appId", hostnames, own, not_after <= now() as expired, not_after as "notAfter" from certificates`,
      ),
      this.#database.query<{ thumbprint: string }>("select thumbprint from acme_key"),
      new HttpPages(this.#database).published(),
      new PlatformTls(this.#database).read(),
    ]);
    const ids = new Set(apps.map((app) => app.id));
    const hosts = Object.fromEntries([
      ...apps.map((app) => [appHostname(app.name, domain), app.id]),
      ...domains.filter((row) => ids.has(row.appId)).map((row) => [row.hostname, row.appId]),
    ]);
    return {
      version: sequence?.version ?? 0,
      hosts,
      apps: Object.fromEntries(
        apps.map((app) => [app.id, { ...routeOf(app, acme?.thumbprint), ...httpOf(app, hosts, pages) }]),
      ),
      platform: { tls: tlsWishOf(platform, acme?.thumbprint) },
      ...(pages.length > 0 && { pages: Object.fromEntries(pages.map(({ id, content }) => [id, content])) }),
      certificates: chooseCertificates(hosts, candidates),
    };
  }
}

interface AppRow {
  id: string;
  name: string;
  mode: AppRoute["mode"] | null;
  targets: Target[] | null;
  drain: DrainPolicy | null;
  bakeMs: number | null;
  tls: TlsPolicy | null;
  http: HttpState | null;
}

function routeOf({ name, mode, targets, drain, bakeMs, tls }: AppRow, thumbprint?: string): AppRoute {
  const { streamsMs } = drain ?? defaultDrain;
  return {
    name,
    mode: mode ?? "none",
    targets: targets ?? [],
    drain: { streamsMs },
    ...(bakeMs === null ? {} : { bake: { windowMs: bakeMs } }),
    tls: tlsWishOf(tls ?? defaultTlsPolicy, thumbprint),
  };
}

const tlsWishOf = (
  { redirect, hsts, auto }: TlsPolicy,
  thumbprint?: string,
): NonNullable<AppRoute["tls"]> => ({
  redirect,
  hsts: hsts && hstsHeader(hsts),
  ...(auto && thumbprint !== undefined && { acme: thumbprint }),
});

/** Nothing for an app without settings of that kind, as most are. */
function httpOf(
  { id, http }: AppRow,
  hosts: RouteTable["hosts"],
  allPages: readonly PublishedPage[],
): Pick<AppRoute, "http"> {
  if (http === null) return {};
  const wished = httpPolicyOf({ ...defaultHttpState, ...http });
  const policy = withinHosts(wished, () => Object.keys(hosts).filter((host) => hosts[host] === id));
  const pages = allPages.filter(
    ({ appId, kind, url }) => appId === id && url === http.settings[`${kind}-page`],
  );
  if (pages.length > 0) policy.pages = Object.fromEntries(pages.map((page) => [page.kind, page.id]));
  return Object.keys(policy).length === 0 ? {} : { http: policy };
}

async function nextVersion(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ version: number }>("select nextval('route_versions')::int as version");
  if (!row) throw new Error("the sequence gave no version");
  return row.version;
}
