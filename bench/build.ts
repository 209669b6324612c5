import { setTimeout as pause } from "node:timers/promises";
import { type ImageParts, shownParts, wholeMb } from "./build/image-parts";
import { type Built, type Lane, plainLane, pushLane } from "./build/lanes";
import { makeNodeImages } from "./build/node-images";
import { type Change, type Kind, kinds, makeProject, type Project } from "./build/project";
import { withCleanup } from "./cleanup";
import { connectDocker } from "./docker";
import type { BenchOptions } from "./main";
import { startPlatform } from "./platform";
import type { Report } from "./report";
import { median, rounded } from "./stats";

const changes: Change[] = ["cold", "dependency", "code", "nothing"];

/** Before each build: what the one before it leaves to be done (old images go, the engine cleans up) is not this one's. */
const restMs = 300;

interface Turn {
  kind: Kind;
  change: Change;
  plain: Built;
  paas: Built;
}

/**
 * Builds of three kinds of apps on the platform, and of a hand-written Dockerfile of the same app by plain BuildKit, by turns on one engine:
 * never built before, with another dependency, with other code, and with nothing changed. What is repeated goes round by round through the
 * kinds, and who of the two begins alternates: what else the machine does meanwhile hits all alike.
 */
export function benchBuild({ runs, env, say }: BenchOptions): Promise<Report> {
  return withCleanup(async (defer) => {
    const docker = connectDocker(env);
    say("Making images with Node.js for the hand-written Dockerfiles");
    const images = await makeNodeImages(docker);
    defer(images.remove);
    say("Starting a platform");
    const platform = await startPlatform(env);
    defer(platform.stop);
    const openContest = async (kind: Kind): Promise<Contest> => {
      const project = await makeProject(platform.folder, kind, images, env);
      const lanes = { plain: plainLane(docker, project), paas: await pushLane(platform, docker, project) };
      defer(lanes.plain.stop);
      return { project, lanes };
    };
    say("First apps, so that Node.js and its tools are there");
    for (const kind of kinds) await turnOf(await openContest(kind), "cold", 0);
    const contests: Contest[] = [];
    for (const kind of kinds) contests.push(await openContest(kind));
    const turns: Turn[] = [];
    for (const { change, count } of roundsOf(runs))
      for (let round = 0; round < count; round++)
        for (const contest of contests) turns.push(await toldTurn(contest, change, round, say));
    return reportOf(turns, runs);
  });
}

/** An app and the two ways to build it. */
interface Contest {
  project: Project;
  lanes: { plain: Lane; paas: Lane };
}

const roundsOf = (runs: number) =>
  changes.map((change) => ({ change, count: change === "code" || change === "nothing" ? runs : 1 }));

async function toldTurn(
  contest: Contest,
  change: Change,
  round: number,
  say: (text: string) => void,
): Promise<Turn> {
  const turn = await turnOf(contest, change, round);
  say(`${turn.kind}, ${change}: plain ${rounded(turn.plain.ms)} ms, paas ${rounded(turn.paas.ms)} ms`);
  return turn;
}

async function turnOf({ project, lanes }: Contest, change: Change, round: number): Promise<Turn> {
  await project.change(change);
  const before = round % 2 === 0 ? await rested(lanes.plain) : null;
  const paas = await rested(lanes.paas);
  const plain = before ?? (await rested(lanes.plain));
  return { kind: project.kind, change, plain, paas };
}

async function rested(lane: Lane): Promise<Built> {
  await pause(restMs);
  return lane.build();
}

function reportOf(turns: Turn[], runs: number): Report {
  const of = (kind: Kind, change: Change): Turn[] =>
    turns.filter((turn) => turn.kind === kind && turn.change === change);
  const ms = (kind: Kind, change: Change, lane: "plain" | "paas"): number =>
    median(of(kind, change).map((turn) => turn[lane].ms));
  const ratio = (kind: Kind, change: Change): number =>
    rounded(ms(kind, change, "paas") / ms(kind, change, "plain"), 2);
  const image = (kind: Kind, lane: "plain" | "paas"): ImageParts => {
    const newest = of(kind, "code").at(-1);
    if (!newest) throw new Error(`No ${kind} app was built.`);
    return newest[lane].image;
  };
  const rows = kinds.flatMap((kind) =>
    changes.map((change) => [
      `${kind}: ${change}`,
      String(rounded(ms(kind, change, "plain"))),
      String(rounded(ms(kind, change, "paas"))),
      String(ratio(kind, change)),
    ]),
  );
  const codeChangeRatio = Math.max(...kinds.map((kind) => ratio(kind, "code")));
  const noChangeMs = rounded(Math.max(...kinds.map((kind) => ms(kind, "nothing", "paas"))));
  return {
    table: [
      [`medians of ${runs}`, "plain ms", "paas ms", "ratio"],
      ...rows,
      ["code change, the worst (goal: at most 1.15)", "", "", String(codeChangeRatio)],
      ["no change, the worst (goal: under 500 ms)", "", String(noChangeMs), ""],
      ["image in MB: base + runtime + app", "plain", "paas", ""],
      ...kinds.map((kind) => [kind, shownParts(image(kind, "plain")), shownParts(image(kind, "paas")), ""]),
    ],
    figures: {
      bench: "build",
      runs,
      ...Object.fromEntries(
        kinds.flatMap((kind) => [
          ...changes.map((change) => [`${kind}-${change}Ms`, rounded(ms(kind, change, "paas"))]),
          [`${kind}-codeChangeRatio`, ratio(kind, "code")],
          [`${kind}-imageMb`, rounded(wholeMb(image(kind, "paas")), 1)],
          [`${kind}-plainImageMb`, rounded(wholeMb(image(kind, "plain")), 1)],
        ]),
      ),
      codeChangeRatio,
      noChangeMs,
    },
  };
}
