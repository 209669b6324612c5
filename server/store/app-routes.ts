import { type Candidate, chooseCertificates } from "../../core/certificate-choice";
import { type DrainPolicy, defaultDrain } from "../../core/drain";
import { defaultHttpState, type HttpState, httpPolicyOf, withinHosts } from "../../core/http-settings";
import type { AppRoute, Target } from "../../core/route";
import { appHostname } from "../../core/route";
import { defaultTlsPolicy, hstsHeader, type TlsPolicy } from "../../core/tls-policy";
import type { Database } from "./database";
import { HttpPages, type PublishedPage } from "./http-pages";
import { type AppIds, ofApps } from "./of-apps";

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

/** What there is of an app, to be made into its route. */
interface Parts {
  hosts: string[];
  candidates: Candidate[];
  /** Of the key by which the router answers ACME; undefined: there is none. */
  thumbprint: string | undefined;
  pages: PublishedPage[];
}

/** What routers have to know of the apps, or of every one, by id; those that are being destroyed are left out. */
export async function readAppRoutes(
  database: Database,
  appIds: AppIds,
  domain: string,
): Promise<Record<string, AppRoute>> {
  const apps = ofApps("a.id", appIds);
  const rows = ofApps("app_id", appIds);
  const [found, domains, candidates, [acme], pages] = await Promise.all([
    database.query<AppRow>(
      `select a.id, a.name, r.mode, r.targets, a.drain, a.bake_ms as "bakeMs", a.tls, h.state as http from apps a
       left join routes r on r.app_id = a.id left join http_settings h on h.app_id = a.id
       where not a.destroying and ${apps.condition}`,
      apps.values,
    ),
    database.query<{ hostname: string; appId: string }>(
      `select hostname, app_id as "appId" from domains where ${rows.condition}`,
      rows.values,
    ),
    readCandidates(database, `app_id is not null and ${rows.condition}`, rows.values),
    database.query<{ thumbprint: string }>("select thumbprint from acme_key"),
    new HttpPages(database).published(appIds),
  ]);
  const domainsOf = byApp(domains);
  const candidatesOf = byApp(candidates);
  const pagesOf = byApp(pages);
  const parts = ({ id, name }: AppRow): Parts => ({
    hosts: [appHostname(name, domain), ...(domainsOf.get(id) ?? []).map(({ hostname }) => hostname)],
    candidates: candidatesOf.get(id) ?? [],
    thumbprint: acme?.thumbprint,
    pages: pagesOf.get(id) ?? [],
  });
  return Object.fromEntries(found.map((app) => [app.id, routeOf(app, parts(app))]));
}

/** Certificates that may be served, of those that a condition names. */
export const readCandidates = (
  database: Database,
  condition: string,
  values: unknown[] = [],
): Promise<Candidate[]> =>
  database.query<Candidate>(
    `select id, app_id as "appId", hostnames, own, not_after <= now() as expired, not_after as "notAfter"
     from certificates where ${condition}`,
    values,
  );

function routeOf(app: AppRow, { hosts, candidates, thumbprint, pages }: Parts): AppRoute {
  const { name, mode, targets, drain, bakeMs, tls } = app;
  const { streamsMs } = drain ?? defaultDrain;
  return {
    name,
    hosts,
    mode: mode ?? "none",
    targets: targets ?? [],
    drain: { streamsMs },
    ...(bakeMs === null ? {} : { bake: { windowMs: bakeMs } }),
    tls: tlsWishOf(tls ?? defaultTlsPolicy, thumbprint),
    ...httpOf(app, hosts, pages),
    ...(candidates.length > 0 && { certificates: chooseCertificates(hosts, candidates) }),
  };
}

export const tlsWishOf = (
  { redirect, hsts, auto }: TlsPolicy,
  thumbprint?: string,
): NonNullable<AppRoute["tls"]> => ({
  redirect,
  hsts: hsts && hstsHeader(hsts),
  ...(auto && thumbprint !== undefined && { acme: thumbprint }),
});

/** Nothing for an app without settings of that kind, as most are. */
function httpOf(
  { http }: AppRow,
  hosts: string[],
  allPages: readonly PublishedPage[],
): Pick<AppRoute, "http" | "pages"> {
  if (http === null) return {};
  const wished = httpPolicyOf({ ...defaultHttpState, ...http });
  const policy = withinHosts(wished, () => hosts);
  const pages = allPages.filter(({ kind, url }) => url === http.settings[`${kind}-page`]);
  if (pages.length > 0) policy.pages = Object.fromEntries(pages.map((page) => [page.kind, page.id]));
  if (Object.keys(policy).length === 0) return {};
  const contents = Object.fromEntries(pages.map(({ id, content }) => [id, content]));
  return { http: policy, ...(pages.length > 0 && { pages: contents }) };
}

function byApp<T extends { appId: string | null }>(rows: readonly T[]): Map<string | null, T[]> {
  const found = new Map<string | null, T[]>();
  for (const row of rows) {
    const same = found.get(row.appId);
    if (same) same.push(row);
    else found.set(row.appId, [row]);
  }
  return found;
}
