import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { dataPaths } from "../../../core/data-paths";
import { keysFor } from "../../../core/keys";
import { redisOptions } from "../../../core/redis-url";
import { routerReportSchema, type Target } from "../../../core/route";
import type { RouteTable } from "../../../core/route-table";
import { tableIn } from "../../../core/stored-table";
import { KnownTable } from "../../../router/known-table";
import { Snapshot } from "../../../router/snapshot";
import type { Ledger } from "../ledger";
import { bootIdOf } from "../other-boot";
import type { TestPlatform } from "../platform";

/** Whether what routers were told, and say that they route by, is what the ledger says of a platform at rest; in words. */
export async function routerBreaches(platform: TestPlatform, ledger: Ledger): Promise<string[]> {
  const { published, reports } = await readRedis(platform);
  if (published === null) return ["no route table is published"];
  const path = dataPaths(platform.dataDir).routerTable;
  const kept = await new Snapshot(path, bootIdOf(platform), new KnownTable()).read();
  if ("unusable" in kept) return [`the router's own copy: ${kept.unusable}`];
  const version = await tableVersion(ledger);
  return [
    ...(published.version === version ? [] : [`table ${published.version} is published, not ${version}`]),
    ...(reports.length === 1 ? [] : [`${reports.length} routers report`]),
    ...reports
      .filter((one) => one.version !== version)
      .map((one) => `a router routes by table ${one.version}, not ${version}`),
    ...different("the published table", describe(published), await wanted(ledger)),
    ...different("the router's own copy", describe(kept.table), await wanted(ledger)),
  ];
}

async function readRedis(platform: TestPlatform) {
  const url = readFileSync(dataPaths(platform.dataDir).redisUrl, "utf8").trim();
  const keys = keysFor(platform.id);
  const redis = new Redis({ ...redisOptions(url), maxRetriesPerRequest: 3 });
  redis.on("error", () => undefined); // told by the calls below
  try {
    const stored = tableIn(await redis.hgetall(keys.routeTable));
    const names = await redis.keys(keys.routerPattern);
    const texts = names.length > 0 ? await redis.mget(names) : [];
    return {
      published: stored && stored.faulty.length === 0 ? stored.table : null,
      reports: texts.flatMap((text) => (text === null ? [] : [routerReportSchema.parse(JSON.parse(text))])),
    };
  } finally {
    redis.disconnect();
  }
}

async function tableVersion(ledger: Ledger): Promise<number> {
  const [row] = await ledger.query<{ version: number }>(
    "select last_value::int as version from route_versions",
  );
  return row?.version ?? 0;
}

/** A line an app: its hostnames' number, mode and targets. */
const line = (name: string, hosts: string[], mode: string, targets: Target[]): string =>
  `${name} (${[...hosts].sort().join(" ")}) ${mode} ${targets
    .map(({ instanceId, address, port }) => `${instanceId}@${address}:${port}`)
    .sort()
    .join(" ")}`;

const describe = ({ apps }: RouteTable): string[] =>
  Object.values(apps).map(({ name, hosts, mode, targets }) => line(name, hosts, mode, targets));

async function wanted(ledger: Ledger): Promise<string[]> {
  const rows = await ledger.query<{ name: string; mode: string; targets: Target[]; hosts: string[] }>(
    `select a.name, coalesce(r.mode, 'none') as mode, coalesce(r.targets, '[]') as targets,
       array(select hostname from domains d where d.app_id = a.id) || (a.name || '.localhost') as hosts
     from apps a left join routes r on r.app_id = a.id where not a.destroying`,
  );
  return rows.map(({ name, mode, targets, hosts }) => line(name, hosts, mode, targets));
}

function different(what: string, shown: string[], right: string[]): string[] {
  const [left, wrong] = [
    right.filter((one) => !shown.includes(one)),
    shown.filter((one) => !right.includes(one)),
  ];
  return [...left.map((one) => `${what} lacks ${one}`), ...wrong.map((one) => `${what} says ${one}`)];
}
