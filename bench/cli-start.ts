import { run } from "./command";
import type { BenchOptions } from "./main";
import { program, startPlatform } from "./platform";
import type { Report } from "./report";
import { median, p95, rounded } from "./stats";

/** Start-up of the CLI, the whole process from spawn to exit. */
export async function benchCliStart({ runs, env, say }: BenchOptions): Promise<Report> {
  say("Starting a platform");
  const platform = await startPlatform(env);
  try {
    const version = await measure(runs, ["--version"], platform.env);
    const apps = await measure(runs, ["apps"], platform.env);
    return {
      table: [
        ["", "median ms", "p95 ms", "goal ms"],
        ["paas --version", String(version.median), String(version.p95), "150"],
        ["paas apps", String(apps.median), String(apps.p95), "250"],
      ],
      figures: { bench: "cli-start", runs, versionMs: version.median, appsMs: apps.median },
    };
  } finally {
    await platform.stop();
  }
}

async function measure(runs: number, args: string[], env: NodeJS.ProcessEnv) {
  const times: number[] = [];
  for (let index = 0; index < runs; index++) {
    const started = performance.now();
    await run(program, args, { env });
    times.push(performance.now() - started);
  }
  return { median: rounded(median(times)), p95: rounded(p95(times)) };
}
