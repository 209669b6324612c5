import { withCleanup } from "./cleanup";
import { makeBaseImage } from "./deploy/base-image";
import { startFloor } from "./deploy/floor";
import type { Lane, Timing } from "./deploy/lane";
import { startOurs } from "./deploy/ours";
import type { BenchOptions } from "./main";
import { startPlatform } from "./platform";
import type { Report } from "./report";
import { median, p95, rounded } from "./stats";

const warmUps = 2;

/**
 * A push of a one-line change until the new answer is served, through the platform and through the least that could do it: `git
 * http-backend` behind the same authentication, a BuildKit build, a container start. Both by turns in one run, on one engine.
 */
export function benchDeploy({ runs, env, say }: BenchOptions): Promise<Report> {
  return withCleanup(async (defer) => {
    say("Making a base image with Node.js and Express");
    const base = await makeBaseImage(env);
    defer(base.remove);
    say("Starting a platform, and the floor");
    const platform = await startPlatform(env);
    defer(platform.stop);
    const ours = await startOurs(platform, base.ref);
    defer(ours.stop);
    const floor = await startFloor(platform, base.ref);
    defer(floor.stop);
    for (let run = 0; run < warmUps; run++) await turn(floor, ours, say, "warm-up");
    const turns: Turn[] = [];
    for (let run = 1; run <= runs; run++) turns.push(await turn(floor, ours, say, `run ${run}`));
    return reportOf(turns);
  });
}

interface Turn {
  floor: Timing;
  paas: Timing;
}

async function turn(floor: Lane, ours: Lane, say: (text: string) => void, title: string): Promise<Turn> {
  const times = { floor: await floor.push(), paas: await ours.push() };
  say(`${title}: floor ${rounded(times.floor.servedMs)} ms, paas ${rounded(times.paas.servedMs)} ms`);
  return times;
}

function reportOf(turns: Turn[]): Report {
  const of = (lane: keyof Turn, key: keyof Timing) => turns.map((each) => each[lane][key]);
  const row = (title: string, values: number[]) => [
    title,
    ...[median(values), p95(values), Math.min(...values)].map((value) => String(rounded(value))),
  ];
  const ratio = rounded(median(of("paas", "servedMs")) / median(of("floor", "servedMs")), 2);
  return {
    table: [
      [`${turns.length} pushes each`, "median ms", "p95 ms", "best ms"],
      row("floor: new answer served", of("floor", "servedMs")),
      row("floor: push ended", of("floor", "pushedMs")),
      row("paas: new answer served", of("paas", "servedMs")),
      row("paas: push ended", of("paas", "pushedMs")),
      ["ratio (goal: at most 1.6)", String(ratio), "", ""],
    ],
    figures: {
      bench: "deploy",
      runs: turns.length,
      floorMs: rounded(median(of("floor", "servedMs"))),
      paasMs: rounded(median(of("paas", "servedMs"))),
      paasPushEndedMs: rounded(median(of("paas", "pushedMs"))),
      ratio,
    },
  };
}
