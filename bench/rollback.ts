import { join } from "node:path";
import { withCleanup } from "./cleanup";
import { waitForAnswer } from "./deploy/answer";
import { makeBaseImage } from "./deploy/base-image";
import { makeWorkingCopy, type WorkingCopy } from "./deploy/working-copy";
import { connectDocker } from "./docker";
import type { BenchOptions } from "./main";
import { type BenchPlatform, startPlatform } from "./platform";
import type { Report } from "./report";
import { type BareNetwork, makeBareNetwork } from "./rollback/bare-container";
import { median, p95, rounded } from "./stats";

const app = "bench";
const warmUps = 2;
/** What is not served by then has failed. */
const patienceMs = 60_000;

/** When things happened, measured from the start of the command. */
interface Turn {
  floorMs: number;
  /** The first answer of the old version. */
  servedMs: number;
  /** The end of `paas rollback`. */
  endedMs: number;
}

/**
 * `paas rollback` until the old version's first answer, against the least that could bring it: a start of its image on a network
 * of its own, asked until it answers. Both by turns in one run, on one engine.
 */
export function benchRollback({ runs, env, say }: BenchOptions): Promise<Report> {
  return withCleanup(async (defer) => {
    say("Making a base image with Node.js and Express");
    const base = await makeBaseImage(env);
    defer(base.remove);
    say("Starting a platform, and deploying two versions");
    const platform = await startPlatform(env);
    defer(platform.stop);
    const copy = await makeWorkingCopy(join(platform.folder, "app"), base.ref, platform.env);
    await platform.paas(["create", app], copy.path);
    const bare = await makeBareNetwork(connectDocker(platform.env), `${await platform.id()}-floor`);
    defer(bare.remove);
    const versions = [await deploy(platform, copy, "the one"), await deploy(platform, copy, "the other")];
    const turns: Turn[] = [];
    for (let run = 1 - warmUps; run <= runs; run++) {
      const [target, current] = versions;
      if (!target || !current) throw new Error("There are two versions.");
      const turn = await measure(platform, bare, target);
      versions.splice(0, 2, current, target);
      say(`run ${run}: floor ${rounded(turn.floorMs)} ms, paas ${rounded(turn.servedMs)} ms`);
      if (run > 0) turns.push(turn);
    }
    return reportOf(turns);
  });
}

interface Version {
  /** What it answers. */
  text: string;
  imageId: string;
}

async function deploy(platform: BenchPlatform, copy: WorkingCopy, text: string): Promise<Version> {
  await copy.change(text);
  await copy.push("paas");
  await platform.paas(["ps:wait", "-a", app]);
  const platformId = await platform.id();
  const filters = { label: [`paas.platform=${platformId}`] };
  const [container] = await connectDocker(platform.env).listContainers({ filters });
  if (!container) throw new Error("The deploy left no container.");
  return { text, imageId: container.ImageID };
}

/** `target` is the version before the current one. */
async function measure(
  platform: BenchPlatform,
  bare: BareNetwork,
  { text, imageId }: Version,
): Promise<Turn> {
  const patience = () => AbortSignal.timeout(patienceMs);
  const floorMs = await bare.start(imageId, text, patience());
  const started = performance.now();
  const sinceStart = () => performance.now() - started;
  const place = { address: "127.0.0.1", port: platform.httpPort, host: `${app}.localhost` };
  const [servedMs, endedMs] = await Promise.all([
    waitForAnswer(place, text, patience()).then(sinceStart),
    platform.paas(["rollback", "-a", app]).then(sinceStart),
  ]);
  await platform.paas(["ps:wait", "-a", app]);
  return { floorMs, servedMs, endedMs };
}

function reportOf(turns: Turn[]): Report {
  const of = (key: keyof Turn) => turns.map((turn) => turn[key]);
  const row = (title: string, values: number[]) => [
    title,
    ...[median(values), p95(values), Math.min(...values)].map((value) => String(rounded(value))),
  ];
  const ratio = rounded(median(of("servedMs")) / median(of("floorMs")), 2);
  return {
    table: [
      [`${turns.length} rollbacks`, "median ms", "p95 ms", "best ms"],
      row("floor: container start and app boot", of("floorMs")),
      row("paas: old version served", of("servedMs")),
      row("paas: command ended", of("endedMs")),
      ["ratio (goal: at most 1.5)", String(ratio), "", ""],
    ],
    figures: {
      bench: "rollback",
      runs: turns.length,
      floorMs: rounded(median(of("floorMs"))),
      paasMs: rounded(median(of("servedMs"))),
      paasEndedMs: rounded(median(of("endedMs"))),
      ratio,
    },
  };
}
