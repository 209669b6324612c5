import type { BuildPlan, Stage, Step } from "../buildpacks/build-plan";
import type { Stack } from "../buildpacks/stack/stack";

/** Where the app's source lies in the context of a buildpack's build; the Dockerfile lies beside it. */
export const sourceDirectory = "app";

export interface RenderedPlan {
  dockerfile: string;
  /** What people see of a step, by BuildKit's name for it: `<stage> <number>`. Steps that are not here are not shown. */
  titles: ReadonlyMap<string, string>;
}

/** Renders a plan. `cacheId` makes a cache's name unguessable and different for each app. */
export function renderDockerfile(
  plan: BuildPlan,
  stack: Stack,
  cacheId: (name: string) => string,
): RenderedPlan {
  const titles = new Map<string, string>();
  const stages = plan.stages.map((stage) => {
    let number = "stage" in stage.from ? 0 : 1;
    const lines = stage.steps.map((step) => {
      if (takesNumber(step)) number += 1;
      if (step.do === "run") titles.set(`${stage.name} ${number}`, step.title);
      return renderStep(step, cacheId);
    });
    return [`FROM ${baseOf(stage, stack)} AS ${stage.name}`, ...lines].join("\n");
  });
  return { dockerfile: `${stages.join("\n\n")}\n`, titles };
}

/** BuildKit numbers the steps that make layers; FROM is the first, unless it names another stage. */
const takesNumber = (step: Step): boolean => step.do === "run" || step.do === "copy" || step.do === "workdir";

const baseOf = ({ from }: Stage, stack: Stack): string =>
  "stage" in from ? from.stage : stack[from.stack].ref;

function renderStep(step: Step, cacheId: (name: string) => string): string {
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
      const from = step.from === "source" ? [] : [`--from=${step.from.stage}`];
      const paths = step.from === "source" ? step.paths.map(inSource) : step.paths;
      return ["COPY", ...from, ...owner, JSON.stringify([...paths, step.to])].join(" ");
    }
    case "run": {
      const mounts = (step.caches ?? []).map(
        (cache) => `--mount=type=cache,id=${cacheId(cache.name)},target=${cache.path},sharing=locked`,
      );
      return ["RUN", ...mounts, oneLine(step.command)].join(" ");
    }
  }
}

const inSource = (path: string): string =>
  path === "." ? `${sourceDirectory}/` : `${sourceDirectory}/${path}`;

const quoted = (value: string): string => `"${oneLine(value).replace(/[\\"$]/g, "\\$&")}"`;

/** A line break would begin another instruction. */
function oneLine(text: string): string {
  if (/[\r\n]/.test(text)) throw new Error("a plan's command or value holds a line break");
  return text;
}
