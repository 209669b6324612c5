import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../core/id";
import { withCleanup } from "./cleanup";
import { makeBaseImage } from "./deploy/base-image";
import { makeWorkingCopy, type WorkingCopy } from "./deploy/working-copy";
import type { BenchOptions } from "./main";
import { type BenchPlatform, startPlatform } from "./platform";
import { type Door, latenciesDuring } from "./queue/paced-load";
import type { Report } from "./report";
import { median, p99, rounded } from "./stats";

/** Each kind of build is pushed again until it was measured for so long. */
const measuredMs = 10_000;

const limits = {
  PAAS_BUILD_MEMORY: "512m",
  PAAS_BUILD_PIDS: "256",
  PAAS_BUILD_DISK: "1g",
  PAAS_BUILD_TIMEOUT: "10s",
};

/** By what it does: the step, and what its pusher must read. */
const kinds: Record<string, { step: string; says: RegExp }> = {
  "a harmless build": { step: "true", says: /deployed as/ },
  "a fork bomb": { step: "perl -e 'fork while 1'", says: /PAAS_BUILD_PIDS/ },
  "a memory hog": { step: `perl -e 'push @a, "x" x 1e6 while 1'`, says: /PAAS_BUILD_MEMORY/ },
  "an endless loop": { step: "while :; do :; done", says: /PAAS_BUILD_TIMEOUT/ },
  "a disk filler": { step: "cat /dev/zero > /filler", says: /PAAS_BUILD_DISK/ },
  "a 2 GB log": {
    step: "yes 0123456789012345678901234567890123456789 | head -c 2G",
    says: /BUILDKIT_STEP_LOG/,
  },
};

interface Measured {
  kind: string;
  quiet: number[];
  beside: number[];
}

/** An app at 100 requests a second beside one build after the other that wants all of the machine. */
export function benchHostile({ runs, env, say }: BenchOptions): Promise<Report> {
  return withCleanup(async (defer) => {
    const base = await makeBaseImage(env);
    defer(base.remove);
    say("Starting a platform");
    const platform = await startPlatform(env, limits);
    defer(platform.stop);
    await newApp(platform, "front", base.ref).then((copy) => copy.push("paas"));
    const copy = await newApp(platform, "hostile", base.ref);
    const door = { port: platform.httpPort, host: "front.localhost" };
    const measured: Measured[] = [];
    for (const kind of Object.keys(kinds)) {
      const one = { kind, quiet: [] as number[], beside: [] as number[] };
      for (let run = 1; run <= runs; run++) {
        one.quiet.push(...(await latenciesDuring(door, () => pause(measuredMs / 2))));
        one.beside.push(...(await latenciesBeside(door, platform, copy, kind, base.ref)));
      }
      say(`${kind}: p99 ${rounded(p99(one.quiet), 1)} ms quiet, ${rounded(p99(one.beside), 1)} ms beside it`);
      measured.push(one);
    }
    return reportOf(measured, runs);
  });
}

async function newApp(platform: BenchPlatform, app: string, baseRef: string): Promise<WorkingCopy> {
  const copy = await makeWorkingCopy(join(platform.folder, app), baseRef, platform.env);
  await platform.paas(["create", app], copy.path);
  return copy;
}

async function latenciesBeside(
  door: Door,
  platform: BenchPlatform,
  copy: WorkingCopy,
  kind: string,
  baseRef: string,
): Promise<number[]> {
  const latencies: number[] = [];
  for (const until = performance.now() + measuredMs; performance.now() < until; ) {
    const step = `RUN echo ${newId()} && ${kinds[kind]?.step}`;
    const lines = [`FROM ${baseRef}`, step, "WORKDIR /app", "COPY . .", 'CMD ["node", "server.js"]', ""];
    await writeFile(join(copy.path, "Dockerfile"), lines.join("\n"));
    await copy.change(newId());
    latencies.push(...(await latenciesDuring(door, () => textOf(copy.push("paas")))));
    const told = await textOf(platform.paas(["builds:attach"], copy.path));
    if (!kinds[kind]?.says.test(told))
      throw new Error(`The push of ${kind} was told something else:\n${told}`);
  }
  return latencies;
}

/** What was said by a command that may fail. */
const textOf = (command: Promise<unknown>): Promise<string> =>
  command.then(String, (error: Error) => error.message);

function reportOf(measured: Measured[], runs: number): Report {
  const ratios = measured.map(({ quiet, beside }) => rounded(p99(beside) / p99(quiet), 2));
  const rows = measured.map(({ kind, quiet, beside }, at) => [
    kind,
    ...[median(quiet), median(beside), p99(quiet), p99(beside)].map((value) => String(rounded(value, 1))),
    String(ratios[at]),
  ]);
  const named = measured.map(({ kind }, at) => [
    `${kind.replace(/^an? /, "").replaceAll(" ", "")}P99Ratio`,
    ratios[at] ?? 0,
  ]);
  return {
    table: [
      [
        "an app's answers beside",
        "median ms: quiet",
        "beside",
        "p99 ms: quiet",
        "beside",
        "ratio (goal: at most 2)",
      ],
      ...rows,
    ],
    figures: { bench: "hostile", runs, ...Object.fromEntries(named) },
  };
}
