import type { BuildPlan, Cache, Stage, Step } from "../buildpacks/build-plan";
import type { Stack } from "../buildpacks/stack/stack";
import type { ContextFile } from "./build-context";

/** Where the app's source lies in the context of a buildpack's build; the Dockerfile lies beside it. */
export const sourceDirectory = "app";
/** Where files of the plan's own lie in it. */
const planDirectory = "plan";

export interface RenderedPlan {
  dockerfile: string;
  /** What lies in the context beside the source and the Dockerfile. */
  files: ContextFile[];
  /** What people see of a step, by BuildKit's name for it: `<stage> <number>`. Steps that are not here are not shown. */
  titles: ReadonlyMap<string, string>;
}

/** The engine's name for a cache. */
type CacheId = (cache: Cache) => string;

/** Renders a plan. `cacheId` makes a cache's name unguessable and different for each app. */
export function renderDockerfile(plan: BuildPlan, stack: Stack, cacheId: CacheId): RenderedPlan {
  const titles = new Map<string, string>();
  const files: ContextFile[] = [];
  const stages = plan.stages.map((stage) => {
    let number = "stage" in stage.from ? 0 : 1;
    const lines = stage.steps.map((step) => {
      if (takesNumber(step)) number += 1;
      if (step.do === "run") titles.set(`${stage.name} ${number}`, step.title);
      if (step.do === "file") files.push(contextFile(step, files.length));
      return renderStep(step, cacheId, files.at(-1)?.name ?? "");
    });
    return [`FROM ${baseOf(stage, stack)} AS ${stage.name}`, ...lines].join("\n");
  });
  return { dockerfile: `${stages.join("\n\n")}\n`, files, titles };
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
    case "file":
      return `COPY ${JSON.stringify([file, step.path])}`;
    case "run": {
      const mounts = (step.caches ?? []).map(
        (cache) => `--mount=type=cache,id=${cacheId(cache)},target=${cache.path},sharing=locked`,
      );
      return ["RUN", ...mounts, oneLine(step.command)].join(" ");
    }
  }
}

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
