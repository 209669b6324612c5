import type { AppRoute } from "../../core/route";
import type { RouteTable } from "../../core/route-table";

/** A table as it is easy to write: which app a host leads to, and the apps without their hosts. */
export interface PlainTable {
  version: number;
  bootId?: string;
  hosts: Readonly<Record<string, string>>;
  platform?: RouteTable["platform"];
  apps: Readonly<Record<string, PlainRoute>>;
}
export type PlainRoute = Omit<AppRoute, "hosts">;

export function tableOf({ hosts, apps, ...more }: PlainTable): RouteTable {
  const hostsOf = (id: string) => Object.keys(hosts).filter((host) => hosts[host] === id);
  const routes = Object.entries(apps).map(([id, app]) => [id, { ...app, hosts: hostsOf(id) }]);
  return { ...more, apps: Object.fromEntries(routes) };
}
