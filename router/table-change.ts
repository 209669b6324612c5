import type { AppRoute, RouteTable } from "../core/route";

/** What is other in a table than in the one before it. */
export interface TableChange {
  /** By id, apps that are new or not as they were. */
  apps: Record<string, AppRoute>;
  /** Ids of apps that are not there any more. */
  goneApps: string[];
  /** Hostname -> app id, of those that are new or lead elsewhere. */
  hosts: Record<string, string>;
  goneHosts: string[];
}

/** What a table changes, so that only that is made anew: most changes are of one app among many. */
export function changeOf(before: RouteTable, after: RouteTable): TableChange {
  return {
    apps: changed(before.apps, after.apps),
    goneApps: gone(before.apps, after.apps),
    hosts: changed(before.hosts, after.hosts),
    goneHosts: gone(before.hosts, after.hosts),
  };
}

function changed<T>(before: Record<string, T>, after: Record<string, T>): Record<string, T> {
  const found: Record<string, T> = {};
  for (const key in after) {
    const value = after[key];
    if (value !== undefined && !isSame(before[key], value)) found[key] = value;
  }
  return found;
}

function gone(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  const found: string[] = [];
  for (const key in before) if (after[key] === undefined) found.push(key);
  return found;
}

/** Of plain data. Whatever a route will hold one day is compared, too. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [mine, theirs] = [one as Record<string, unknown>, other as Record<string, unknown>];
  let keys = 0;
  for (const key in mine) {
    if (!isSame(mine[key], theirs[key])) return false;
    keys += 1;
  }
  for (const _ in theirs) keys -= 1;
  return keys === 0;
}
