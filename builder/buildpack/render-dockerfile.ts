import type { BuildPlan, Cache, RunStep, Stage, Step } from "../../buildpacks/build-plan";
import type { Stack } from "../../buildpacks/stack/stack";
import type { ContextFile } from "../image/build-context";

/** Where the app's source lies in the context of a buildpack's build; the Dockerfile lies beside it. */
export const sourceDirectory = "app";
/** Where files of the plan's own lie in it. */
const planDirectory = "plan";

/** Where a buildpack of the machine lies in it, by its path there; no path has a percent sign. */
export const machineDirectory = (path: string): string => `machine/${path.replaceAll("/", "%")}`;

export interface RenderedPlan {
  dockerfile: string;
  /** What lies in the context beside the source and the Dockerfile. */
  files: ContextFile[];
  /** The steps that run something, by BuildKit's name for them: `<stage> <number>`. Others are not shown. */
  runs: ReadonlyMap<string, RunStep>;
}

/** The engine's name for a cache. */
type CacheId = (cache: Cache) => string;

/** Renders a plan. `cacheId` makes a cache's name unguessable and different for each app. */
export function renderDockerfile(plan: BuildPlan, stack: Stack, cacheId: CacheId): RenderedPlan {
  const runs = new Map<string, RunStep>();
  const files: ContextFile[] = [];
  const stages = plan.stages.map((stage) => {
    let number = "stage" in stage.from ? 0 : 1;
    const lines = stage.steps.map((step) => {
      if (takesNumber(step)) number += 1;
      if (step.do === "run") runs.set(`${stage.name} ${number}`, step);
      if (step.do === "file") files.push(contextFile(step, files.length));
      return renderStep(step, cacheId, files.at(-1)?.name ?? "");
    });
    return [`FROM ${baseOf(stage, stack)} AS ${stage.name}`, ...lines].join("\n");
  });
  return { dockerfile: `${stages.join("\n\n")}\n`, files, runs };
}

const contextFile = (step: Extract<Step, { do: "file" }>, number: number): ContextFile => ({
  name: `${planDirectory}/${number}`,
  text: step.text,
  ...(step.executable ? { executable: true } : {}),
});

/** BuildKit numbers the steps that make layers; FROM is the first, unless it names another stage. */
const takesNumber = (step: Step): boolean => step.do !== "env" && step.do !== "user";

const baseOf = ({ from }: Stage, stack: Stack): string =>
  "stage" in from ? from.stage : stack[from.stack].ref;

function renderStep(step: Step, cacheId: CacheId, file: string): string {
  switch (step.do) {
    case "env":
      return Object.entries(step.values)
        .map(([name, value]) => `ENV ${name}=${quoted(value)}`)
        .join("\n");
    case "workdir":
      return `WORKDIR ${step.path}`;
    case "user":
      return `USER ${step.id}:${step.id}`;
    case "copy": {
      const owner = step.owner === undefined ? [] : [`--chown=${step.owner}:${step.owner}`];
      const from = step.from === "source" ? [] : [`--from=${placeOf(step.from)}`];
      const paths = step.from === "source" ? step.paths.map(inSource) : step.paths;
      return ["COPY", ...from, ...owner, JSON.stringify([...paths, step.to])].join(" ");
    }
    case "take":
      return `COPY ${JSON.stringify([`${machineDirectory(step.machine)}/`, step.to])}`;
    case "file":
      return `COPY ${JSON.stringify([file, step.path])}`;
    case "run":
      return renderRun(step, cacheId);
  }
}

function renderRun({ caches = [], secrets, nonce, command }: RunStep, cacheId: CacheId): string {
  const cacheMounts = caches.map(
    (cache) =>
      `--mount=type=cache,id=${cacheId(cache)},target=${cache.path},sharing=locked${ownedBy(cache.owner)}`,
  );
  const secretMounts = (secrets?.names ?? []).map(
    (name) => `--mount=type=secret,id=${name},target=${secrets?.directory}/${name}${ownedBy(secrets?.owner)}`,
  );
  const differs = nonce === undefined ? [] : [`: ${oneLine(nonce)};`];
  return ["RUN", ...cacheMounts, ...secretMounts, ...differs, oneLine(command)].join(" ");
}

const ownedBy = (id: number | undefined): string => (id === undefined ? "" : `,uid=${id},gid=${id}`);

const placeOf = (from: { stage: string } | { image: string }): string =>
  "stage" in from ? from.stage : from.image;

const inSource = (path: string): string =>
  path === "." ? `${sourceDirectory}/` : `${sourceDirectory}/${path}`;

const quoted = (value: string): string => `"${oneLine(value).replace(/[\\"$]/g, "\\$&")}"`;

/** A line break would begin another instruction. */
function oneLine(text: string): string {
  if (/[\r\n]/.test(text)) throw new Error("a plan's command or value holds a line break");
  return text;
}
