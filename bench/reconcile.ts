import { readFile } from "node:fs/promises";
import { dataPaths } from "../core/data-paths";
import { withCleanup } from "./cleanup";
import type { BenchOptions } from "./main";
import { type BenchPlatform, startPlatform } from "./platform";
import { newDatabase } from "./reconcile/new-database";
import { type Cost, type Databases, withRig } from "./reconcile/rig";
import type { Report } from "./report";
import { median, rounded } from "./stats";

const sizes = [100, 1_000, 5_000];
/** Looks before the measured ones: connections are open and code is compiled by then. */
const warmUps = 3;

interface Figures {
  apps: number;
  pass: Cost;
  nudge: Cost;
}

/**
 * What the scheduler pays to look after many apps with two instances each, on the fake engine and a platform's real PostgreSQL and Redis: a
 * full pass over all, and a nudge for one.
 */
export function benchReconcile({ runs, env, say }: BenchOptions): Promise<Report> {
  return withCleanup(async (defer) => {
    say("Starting a platform for its databases");
    const platform = await startPlatform(env);
    defer(platform.stop);
    const [ownUrl, redisUrl] = await databasesOf(platform);
    const measured: Figures[] = [];
    for (const apps of sizes) {
      say(`${apps} apps`);
      const databaseUrl = await newDatabase(ownUrl, `fleet_${apps}`);
      measured.push(await measure({ databaseUrl, redisUrl }, apps, runs));
    }
    return reportOf(measured);
  });
}

async function databasesOf({ dataDir }: BenchPlatform): Promise<[string, string]> {
  const { databaseUrl, redisUrl } = dataPaths(dataDir);
  const read = async (path: string) => (await readFile(path, "utf8")).trim();
  return [await read(databaseUrl), await read(redisUrl)];
}

function measure(at: Databases, apps: number, runs: number): Promise<Figures> {
  return withRig(at, apps, async (rig) => {
    const appAt = (turn: number) => rig.appIds[(turn * 37) % apps] ?? "";
    const repeat = async (work: (turn: number) => Promise<Cost>): Promise<Cost> => {
      for (let turn = 0; turn < warmUps; turn += 1) await work(turn);
      const costs: Cost[] = [];
      for (let turn = 0; turn < runs; turn += 1) costs.push(await work(warmUps + turn));
      return {
        ms: median(costs.map(({ ms }) => ms)),
        statements: Math.max(...costs.map(({ statements }) => statements)),
      };
    };
    return { apps, pass: await repeat(rig.pass), nudge: await repeat((turn) => rig.nudge(appAt(turn))) };
  });
}

function reportOf(measured: Figures[]): Report {
  const row = ({ apps, pass, nudge }: Figures) =>
    [apps, rounded(pass.ms), pass.statements, rounded(nudge.ms, 1), nudge.statements].map(String);
  const flat = measured.flatMap(({ apps, pass, nudge }) => [
    [`pass${apps}Ms`, rounded(pass.ms)],
    [`pass${apps}Statements`, pass.statements],
    [`nudge${apps}Ms`, rounded(nudge.ms, 1)],
    [`nudge${apps}Statements`, nudge.statements],
  ]);
  return {
    table: [
      ["apps x 2 instances", "pass ms (goal at 1000: 1000)", "statements", "nudge of one ms", "statements"],
      ...measured.map(row),
    ],
    figures: { bench: "reconcile", ...Object.fromEntries(flat) },
  };
}
