import { parseJson } from "./parse-json";
import { type AppRoute, appRouteSchema } from "./route";
import { type RouteTable, tableHeadSchema } from "./route-table";

/**
 * The route table as it lies in Redis: a hash with a field for each app, so that a change of one writes one. `version` stands by itself,
 * for whoever has to know whether the table is still the one that was written.
 */
export const versionField = "version";
const headField = "head";
const appPrefix = "app:";

export const fieldOf = (appId: string): string => `${appPrefix}${appId}`;

/** Fields and texts of a whole table. */
export function storedTable({ version, apps, ...rest }: RouteTable): Record<string, string> {
  const fields = Object.entries(apps).map(([id, app]) => [fieldOf(id), JSON.stringify(app)]);
  const head = JSON.stringify(rest);
  return { ...Object.fromEntries(fields), [headField]: head, [versionField]: String(version) };
}

/**
 * The table that was stored so; null when there is none, or none that can be read. An app that cannot be read is left out and named in
 * `faulty`: a fault of one must not be a fault of all.
 */
export function tableIn(
  fields: Readonly<Record<string, string>>,
): { table: RouteTable; faulty: string[] } | null {
  const { [headField]: headText = "", [versionField]: version = "" } = fields;
  const parts = parseJson(headText);
  const head = tableHeadSchema.safeParse({ ...(parts as object), version: Number(version || Number.NaN) });
  if (parts === undefined || !head.success) return null;
  const apps: Record<string, AppRoute> = {};
  const faulty: string[] = [];
  for (const [field, text] of Object.entries(fields)) {
    if (!field.startsWith(appPrefix)) continue;
    const appId = field.slice(appPrefix.length);
    const app = appRouteSchema.safeParse(parseJson(text));
    if (app.success) apps[appId] = app.data;
    else faulty.push(appId);
  }
  return { table: { ...head.data, apps }, faulty };
}
