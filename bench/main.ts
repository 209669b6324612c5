import { parseArgs } from "node:util";
import { benchBuild } from "./build";
import { benchCliStart } from "./cli-start";
import { benchDeploy } from "./deploy";
import { benchHostile } from "./hostile";
import { benchMemory } from "./memory";
import { benchQueue } from "./queue";
import { benchReconcile } from "./reconcile";
import { print, type Report } from "./report";
import { benchRollback } from "./rollback";
import { benchRouter } from "./router";
import { benchSoak } from "./soak";
import { benchTableChange } from "./table-change";
import { benchZeroDrop } from "./zero-drop";

/** What a bench gets: how often to measure, the environment, and where to tell what it is at. */
export interface BenchOptions {
  runs: number;
  env: NodeJS.ProcessEnv;
  say(text: string): void;
}

const benches: Record<
  string,
  { run: (options: BenchOptions) => Promise<Report>; runs: number; about: string }
> = {
  deploy: {
    run: benchDeploy,
    runs: 15,
    about: "a push of a one-line change, against the floor: git + BuildKit + container start",
  },
  build: {
    run: benchBuild,
    runs: 11,
    about: "builds of npm, pnpm and Dockerfile apps, against plain BuildKit of a hand-written Dockerfile",
  },
  "cli-start": { run: benchCliStart, runs: 20, about: "how long `paas --version` and `paas apps` take" },
  router: {
    run: benchRouter,
    runs: 4,
    about:
      "the router beside nginx, HAProxy, Caddy and http-proxy, per CPU second (--runs: seconds of each load)",
  },
  soak: {
    run: benchSoak,
    runs: 30,
    about:
      "wrong answers and memory of the router under load, table changes, deploys and dying instances (--minutes N)",
  },
  "zero-drop": {
    run: benchZeroDrop,
    runs: 50,
    about: "requests that fail while an app under load is released again and again (--releases N)",
  },
  rollback: {
    run: benchRollback,
    runs: 15,
    about: "`paas rollback` until the old version answers, against the floor: container start + app boot",
  },
  reconcile: {
    run: benchReconcile,
    runs: 20,
    about: "what a look at 100, 1000 and 5000 apps costs the scheduler, and a nudge for one of them",
  },
  "table-change": {
    run: benchTableChange,
    runs: 300,
    about: "what a change of one app among 10,000 costs server, router and its workers",
  },
  queue: {
    run: benchQueue,
    runs: 2,
    about: "an app's p99 while six others are pushed at once, and how long builds wait",
  },
  hostile: {
    run: benchHostile,
    runs: 1,
    about:
      "an app's p99 beside builds that want all of the machine: fork bomb, memory hog, loop, disk filler, 2 GB log",
  },
  memory: { run: benchMemory, runs: 1, about: "memory of all the platform's processes, idle" },
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      runs: { type: "string" },
      releases: { type: "string" },
      minutes: { type: "string" },
    },
  });
  const bench = benches[positionals[0] ?? ""];
  const runs = Number(values.runs ?? values.releases ?? values.minutes ?? bench?.runs);
  if (!bench || positionals.length !== 1 || !Number.isInteger(runs) || runs < 1) return usage();
  const say = (text: string) => void process.stderr.write(`-----> ${text}\n`);
  print(await bench.run({ runs, env: process.env, say }), values.json, process.stdout);
}

function usage(): void {
  const list = Object.entries(benches).map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`);
  process.stderr.write(`Usage: npm run bench -- <name> [--json] [--runs N]\n\n${list.join("\n")}\n`);
  process.exitCode = 2;
}

main().catch((error: unknown) => {
  process.stderr.write(` !     ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
