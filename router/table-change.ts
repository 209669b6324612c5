import {
  type PlatformParts,
  platformPartNames,
  type RouteTable,
  type TableChange,
} from "../core/route-table";

/** What is other in a table than in the one before it: most tables differ in a few apps among many. */
export function changeOf(before: RouteTable, after: RouteTable): TableChange {
  const apps: TableChange["apps"] = {};
  for (const id in after.apps) {
    const app = after.apps[id];
    if (app !== undefined && !isSame(before.apps[id], app)) apps[id] = app;
  }
  for (const id in before.apps) if (after.apps[id] === undefined) apps[id] = null;
  return { from: before.version, version: after.version, apps, ...partsOf(before, after) };
}

function partsOf(before: RouteTable, after: RouteTable): PlatformParts {
  const names = platformPartNames.filter((name) => !isSame(before[name] ?? {}, after[name] ?? {}));
  return Object.fromEntries(names.map((name) => [name, after[name] ?? {}]));
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
