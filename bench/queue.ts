import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { BuildView } from "../core/wire";
import { withCleanup } from "./cleanup";
import { makeBaseImage } from "./deploy/base-image";
import { makeWorkingCopy, type WorkingCopy } from "./deploy/working-copy";
import type { BenchOptions } from "./main";
import { type BenchPlatform, startPlatform } from "./platform";
import { latenciesDuring } from "./queue/paced-load";
import type { Report } from "./report";
import { median, p99, rounded } from "./stats";

const pushesAtOnce = 6;
const quietMs = 15_000;
const buildSeconds = 5;

/** Pushes to six apps at once, each with a build that keeps a core busy, beside an app that answers 100 requests a second. */
export function benchQueue({ runs, env, say }: BenchOptions): Promise<Report> {
  return withCleanup(async (defer) => {
    const base = await makeBaseImage(env);
    defer(base.remove);
    say("Starting a platform");
    const platform = await startPlatform(env);
    defer(platform.stop);
    await newApp(platform, "front", base.ref).then((copy) => copy.push("paas"));
    const apps = Array.from({ length: pushesAtOnce }, (_, at) => `queue-${at + 1}`);
    const copies = await Promise.all(apps.map((app) => newApp(platform, app, base.ref)));
    const door = { port: platform.httpPort, host: "front.localhost" };
    const quiet: number[] = [];
    const loaded: number[] = [];
    for (let run = 1; run <= runs; run++) {
      quiet.push(...(await latenciesDuring(door, () => pause(quietMs))));
      for (const copy of copies) await makeBusy(copy, base.ref, `run ${run}`);
      loaded.push(
        ...(await latenciesDuring(door, () => Promise.all(copies.map((copy) => copy.push("paas"))))),
      );
      say(
        `run ${run}: p99 ${rounded(p99(quiet), 1)} ms quiet, ${rounded(p99(loaded), 1)} ms beside ${pushesAtOnce} pushes`,
      );
    }
    const waits = await Promise.all(apps.map((app) => waitsOf(platform, app)));
    return reportOf(quiet, loaded, waits.flat(), runs);
  });
}

async function newApp(platform: BenchPlatform, app: string, baseRef: string): Promise<WorkingCopy> {
  const copy = await makeWorkingCopy(join(platform.folder, app), baseRef, platform.env);
  await platform.paas(["create", app], copy.path);
  return copy;
}

/** The next build burns a core, and comes from no cache. */
async function makeBusy(copy: WorkingCopy, baseRef: string, text: string): Promise<void> {
  const dockerfile = join(copy.path, "Dockerfile");
  const burn = `RUN echo ${copy.path} ${text} && timeout ${buildSeconds} sh -c 'while :; do :; done'; true`;
  await writeFile(
    dockerfile,
    [`FROM ${baseRef}`, burn, "WORKDIR /app", "COPY . .", 'CMD ["node", "server.js"]', ""].join("\n"),
  );
  await copy.change(text);
}

/** How long each build of an app stood in the line, in ms. */
async function waitsOf(platform: BenchPlatform, app: string): Promise<number[]> {
  const builds = JSON.parse(await platform.paas(["builds", "-a", app, "--json"])) as BuildView[];
  return builds.map((build) => {
    if (build.status !== "succeeded") throw new Error(`A build of ${app} ended as ${build.status}.`);
    return Date.parse(`${build.startedAt}`) - Date.parse(build.createdAt);
  });
}

function reportOf(quiet: number[], loaded: number[], waits: number[], runs: number): Report {
  const row = (title: string, values: number[]) => [
    title,
    ...[median(values), p99(values), Math.max(...values)].map((value) => String(rounded(value, 1))),
  ];
  const ratio = rounded(p99(loaded) / p99(quiet), 2);
  return {
    table: [
      [`${runs} times ${pushesAtOnce} pushes`, "median ms", "p99 ms", "longest ms"],
      row("an app's answers, quiet", quiet),
      row("... beside the pushes", loaded),
      row("a build's wait in the line", waits),
      ["p99 ratio (goal: at most 2)", "", String(ratio), ""],
    ],
    figures: {
      bench: "queue",
      runs,
      pushes: runs * pushesAtOnce,
      requests: loaded.length,
      quietP99Ms: rounded(p99(quiet), 1),
      loadedP99Ms: rounded(p99(loaded), 1),
      p99Ratio: ratio,
      longestWaitMs: rounded(Math.max(...waits)),
    },
  };
}
