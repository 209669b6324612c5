import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withCleanup } from "./cleanup";
import type { BenchOptions } from "./main";
import { freePort } from "./platform";
import type { Report } from "./report";
import { familyOf } from "./router/cpu";
import { end, listening } from "./router/pinned";
import { Fleet } from "./soak/fleet";
import { type Failure, Load } from "./soak/load";
import { median, rounded } from "./stats";

const apps = 4;
const instances = 2;
const fullSeconds = 5;
const loadShare = 0.6;
/** What is asked while an instance is killed may fail for so long. */
const excuseMs = 3_000;

interface Seen {
  right: number;
  wrong: string[];
  excused: number;
  failed: Failure[];
  /** Each second, MiB. */
  memory: number[];
}

/**
 * The router alone, in two workers, under 60 % of the load that it can take here, for so many minutes (`runs`): another table each second, a deploy
 * each ten, an instance killed each fifteen. Every answer is compared with what its app has to say to its request.
 */
export function benchSoak({ runs: minutes, env, say }: BenchOptions): Promise<Report> {
  return withCleanup(async (defer) => {
    const folder = await mkdtemp(join(tmpdir(), "paas-bench-soak-"));
    defer(() => rm(folder, { recursive: true, force: true }));
    const port = await freePort();
    const table = join(folder, "table.json");
    const fleet = new Fleet(table, () => router?.kill("SIGHUP"));
    defer(async () => fleet.end());
    let router: ReturnType<typeof spawn> | undefined;
    await fleet.start(apps, instances);
    const main = join(__dirname, "../router/main.js");
    const words = [main, "--listen", `127.0.0.1:${port}`, "--table", table, "--workers", "2"];
    const started = spawn(process.execPath, words, { stdio: "ignore", env });
    router = started;
    defer(() => end(started));
    await listening(port, started);
    const load = new Load(port, apps);
    defer(() => load.end());
    const rate = await fullRate(load);
    say(`${rounded(rate)} requests a second at most; ${minutes} min with ${rounded(rate * loadShare)}`);
    load.setRate(rate * loadShare);
    return reportOf(await watch(load, fleet, started.pid ?? 0, minutes * 60), minutes, rate);
  });
}

async function fullRate(load: Load): Promise<number> {
  load.setRate(0);
  const seconds: number[] = [];
  for (let second = 0; second < fullSeconds; second += 1) seconds.push((await load.second()).right);
  return median(seconds.slice(1));
}

async function watch(load: Load, fleet: Fleet, pid: number, seconds: number): Promise<Seen> {
  const seen: Seen = { right: 0, wrong: [], excused: 0, failed: [], memory: [] };
  let changing: Promise<void> = Promise.resolve();
  for (let second = 0; second < seconds; second += 1) {
    const name = `app${second % apps}`;
    changing = changing.then(() => change(fleet, second, name));
    const { right, wrong, failed } = await load.second();
    seen.right += right;
    seen.wrong.push(...wrong);
    const bad = failed.filter(({ app, atMs }) => atMs - (fleet.killedAtMs.get(app) ?? 0) > excuseMs);
    seen.failed.push(...bad);
    seen.excused += failed.length - bad.length;
    seen.memory.push(await residentMebibytes(pid));
  }
  await changing;
  return seen;
}

function change(fleet: Fleet, second: number, name: string): Promise<void> {
  if (second % 15 === 7) return fleet.kill(name);
  return second % 10 === 3 ? fleet.deploy(name) : fleet.publish();
}

/** Of a process and its children, shared pages counted once. */
async function residentMebibytes(pid: number): Promise<number> {
  const pids = await familyOf(pid);
  const texts = await Promise.all(
    pids.map((each) => readFile(`/proc/${each}/smaps_rollup`, "utf8").catch(() => "")),
  );
  return texts.reduce((sum, text) => sum + Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1_024, 0);
}

function reportOf({ right, wrong, excused, failed, memory }: Seen, minutes: number, rate: number): Report {
  const third = Math.ceil(memory.length / 3);
  const [early, late] = [median(memory.slice(third, 2 * third)), median(memory.slice(-third))];
  const examples = [...wrong, ...failed.map(({ app, path, why }) => `${app} ${path}: ${why}`)].slice(0, 5);
  return {
    table: [
      ["", "figure", "goal"],
      ["right answers", String(right), ""],
      ["wrong answers", String(wrong.length), "0"],
      ["failed, without an instance killed", String(failed.length), "0"],
      ["failed by a killed instance", String(excused), ""],
      ["memory, second and last third (MiB)", `${rounded(early, 1)}, ${rounded(late, 1)}`, "flat"],
      ...examples.map((example) => [example, "", ""]),
    ],
    figures: {
      bench: "soak",
      minutes,
      fullRate: rounded(rate),
      right,
      wrong: wrong.length,
      failed: failed.length,
      failedByKill: excused,
      memoryMiB: rounded(late, 1),
      memoryGrowth: rounded(late / early, 3),
    },
  };
}
