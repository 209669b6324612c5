import type { BuildPlan, Exports, Step } from "./build-plan";
import { appUser } from "./stack/stack";

const app = appUser.home;
type Env = Extract<Step, { do: "env" }>;

/** What the steps of an image bring that is not the app: the runtime, for the stages and the image of other plans. */
export function runtimeSteps(image: Step[]): Step[] {
  const first = image.findIndex((step) => step.do === "copy" && step.to.startsWith(`${app}/`));
  return image.slice(0, first < 0 ? image.length : first).flatMap((step): Step[] => {
    if (step.do === "workdir" || step.do === "user") return [];
    return step.do === "env" ? withoutHome(step) : [step];
  });
}

/** Programs that install look for others in all the usual places. */
const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What tools keep in the home directory while they build is not the app's. */
function withoutHome({ values }: Env): Env[] {
  const { HOME: _, PATH: path, ...others } = values;
  const rest = path === undefined ? others : { ...others, PATH: joined(path, usualPath) };
  return Object.keys(rest).length > 0 ? [{ do: "env", values: rest }] : [];
}

/** A step of a later plan finds its own programs first, then those of the runtimes before it. */
export function withPathOf(runtime: Step[], step: Step): Step {
  if (step.do !== "env" || step.values.PATH === undefined) return step;
  const before = runtime.findLast((one): one is Env => one.do === "env" && one.values.PATH !== undefined);
  return { ...step, values: { ...step.values, PATH: joined(step.values.PATH, before?.values.PATH ?? "") } };
}

const joined = (...paths: string[]): string =>
  [...new Set(paths.flatMap((path) => path.split(":")).filter((path) => path !== ""))].join(":");

const scriptOf = (at: number): string => `/tmp/exports-${at + 1}`;

/**
 * Brings what a plan exports into a stage, before the source comes: the script, and the files that it names and the source has not. They
 * seldom change, so that what is installed with their help need not be installed anew for each change of the source.
 */
export function takeExports(
  { stage, script, files, builtIn }: Exports,
  at: number,
  { verbatim }: BuildPlan,
): Step[] {
  const from = { stage };
  const take: Step = { do: "copy", from, paths: [script], to: scriptOf(at) };
  // One that builds in the same place has them there with the source.
  if (verbatim) return [take];
  return [
    take,
    { do: "copy", from, paths: [`${files}/`], to: `${app}/` },
    { do: "run", title: null, command: `ln -sfn ${app} ${builtIn}` },
  ];
}

export function withExports(step: Step, exports: Exports[]): Step {
  if (step.do !== "run") return step;
  const scripts = exports.map((_, at) => `. ${scriptOf(at)}; `);
  return { ...step, command: `${scripts.join("")}${step.command}` };
}
