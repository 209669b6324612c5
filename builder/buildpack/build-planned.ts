import type { BuildPlan, RunStep } from "../../buildpacks/build-plan";
import type { Base } from "../../core/build";
import { PaasError } from "../../core/error";
import { detail, heading } from "../../core/transcript";
import { basesOf, imagesOfPlan } from "../image/bases";
import { buildContext } from "../image/build-context";
import { engineCause } from "../image/engine-cause";
import { buildProgress, type StepTitle } from "../image/progress";
import { takeOutput } from "../image/step-output";
import { stepPlace } from "../image/step-place";
import type { BuildRoom } from "../room";
import type { BuildConfig } from "../source/build-config";
import type { Work } from "../work";
import type { MachineBuildpack } from "./machine-buildpack";
import { machineDirectory, renderDockerfile, sourceDirectory } from "./render-dockerfile";

/** In place of an app's id. */
const everyApp = "*";

export interface PlannedImage {
  imageId: string;
  bases: Base[];
  /** What its steps said that was for the builder. */
  said: string;
}

type Runs = ReadonlyMap<string, RunStep>;

/** What the steps of a plan mount and take beside the source. */
export interface Beside {
  secrets?: BuildConfig;
  machine?: MachineBuildpack[];
}

/** Builds a plan. Throws `build_failed` with the step that failed. */
export async function buildPlanned(
  room: BuildRoom,
  plan: BuildPlan,
  { entries, target, write, stack, signal }: Work,
  { secrets = new Map(), machine = [] }: Beside = {},
): Promise<PlannedImage> {
  for (const note of plan.notes) write(detail(note));
  const stackImages = await stack(write);
  const { dockerfile, files, runs } = renderDockerfile(plan, stackImages, ({ name, shared }) =>
    room.cacheId(shared ? everyApp : target.appId, name),
  );
  const excluded = new Set(plan.excludes);
  const recipe = {
    prefix: `${sourceDirectory}/`,
    dockerfile: { name: "Dockerfile", text: dockerfile },
    files,
    machine: machine.map(({ path, entries }) => ({ directory: machineDirectory(path), entries })),
    leavesOut: (path: string) => excluded.has(path.split("/", 1)[0] ?? ""),
  };
  const progress = buildProgress(write, titleIn(runs), plan.verbatim ? asTranscript : detail);
  const quiet = takeOutput((name) => stepIn(runs, name)?.forBuilder === true);
  const context = buildContext(entries, recipe);
  const request = {
    context,
    dockerfile: "Dockerfile",
    ref: target.ref,
    labels: target.labels,
    secrets,
    signal,
  };
  const answer = await room.engine.build(request, (trace) => progress.take(quiet.rest(trace)));
  const failed = progress.end();
  if ("error" in answer)
    throw new PaasError("build_failed", failureText(stepIn(runs, failed ?? ""), answer.error));
  const bases = await basesOf(room.engine, imagesOfPlan(plan, stackImages), write);
  return { imageId: answer.imageId, bases, said: quiet.text() };
}

const stepIn = (runs: Runs, name: string): RunStep | undefined => runs.get(stepPlace(name) ?? "");

const titleIn =
  (runs: Runs): StepTitle =>
  (name, cached) => {
    const title = stepIn(runs, name)?.title ?? null;
    return title === null ? null : heading(cached ? `${title} (cached)` : title);
  };

/** Lines that have the form of a transcript keep it. */
const asTranscript = (line: string): string =>
  /^(?:-----> | !| {7})/.test(line) ? `${line}\n` : detail(line);

function failureText(step: RunStep | undefined, error: string): string {
  const exitCode = /exit code: (\d+)/.exec(error)?.[1];
  if (!step || exitCode === undefined) return `The build failed: ${engineCause(error)}`;
  const { title, fault = `${title ?? "A step"} failed with exit code ${exitCode}.`, advice } = step;
  return advice === undefined ? fault : `${fault}\n${advice}`;
}
