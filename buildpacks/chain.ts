import type { BuildPlan, Stage, Step } from "./build-plan";
import { runtimeSteps, takeExports, withExports, withPathOf } from "./chain-steps";
import { appUser } from "./stack/stack";

/**
 * One plan out of several, each of which takes what those before it left in /app for its source, and finds their runtimes, while it builds
 * and in the image. The last one says what runs.
 *
 * INVARIANT it rests on: the last stage of every plan is its image, which has the app in /app; what its steps bring before the app is what
 * the app needs to run.
 */
export function chainPlans(plans: BuildPlan[]): BuildPlan {
  const last = plans.at(-1);
  if (last === undefined) throw new Error("a chain of no plans");
  const links: Link[] = [];
  for (const [at, plan] of plans.entries()) links.push(linked(links, apart(plan, at, plans)));
  const verbatim = plans.some((plan) => plan.verbatim);
  return {
    ...last,
    notes: plans.flatMap(({ buildpack, notes }) => notes.map((note) => `${buildpack}: ${note}`)),
    excludes: [...new Set(plans.flatMap(({ excludes }) => excludes))],
    stages: links.flatMap(({ stages }) => stages),
    ...(verbatim ? { verbatim } : {}),
  };
}

/** A plan whose stages know of those before it. */
interface Link {
  plan: BuildPlan;
  stages: Stage[];
  image: Stage;
}

/** Stages of different plans have different names; the last plan's keep theirs. */
function apart(plan: BuildPlan, at: number, plans: BuildPlan[]): BuildPlan {
  if (at === plans.length - 1) return plan;
  const named = <T extends object>(from: T): T | { stage: string } =>
    "stage" in from ? { stage: `${from.stage}-${at + 1}` } : from;
  const stages = plan.stages.map(({ name, from, steps }) => ({
    name: `${name}-${at + 1}`,
    from: named(from),
    steps: steps.map((step) =>
      step.do === "copy" && step.from !== "source" ? { ...step, from: named(step.from) } : step,
    ),
  }));
  const { exports } = plan;
  return exports ? { ...plan, stages, exports: { ...exports, ...named(exports) } } : { ...plan, stages };
}

function linked(before: Link[], plan: BuildPlan): Link {
  const last = plan.stages.length - 1;
  const stages = plan.stages.map((stage, at) => {
    if (before.length === 0) return stage;
    return at === last ? imageAfter(before, stage) : buildingAfter(before, stage, plan);
  });
  const image = stages.at(-1);
  if (image === undefined) throw new Error("a plan without an image");
  return { plan, stages, image };
}

function imageAfter(before: Link[], stage: Stage): Stage {
  const runtime = runtimeOf(before);
  return { ...stage, steps: [...runtime, ...stage.steps.map((step) => adapted(step, before, runtime))] };
}

/** A stage that sees the source has the runtimes of those before, and the environment that they export. */
function buildingAfter(before: Link[], stage: Stage, plan: BuildPlan): Stage {
  const first = stage.steps.findIndex((step) => step.do === "copy" && step.from === "source");
  if (first < 0) return stage;
  const runtime = runtimeOf(before);
  const steps = stage.steps.map((step) => adapted(step, before, runtime));
  const exports = before.flatMap((link) => link.plan.exports ?? []);
  return {
    ...stage,
    steps: [
      ...runtime,
      ...steps.slice(0, first),
      ...exports.flatMap((one, at) => takeExports(one, at, plan)),
      ...steps.slice(first).map((step) => withExports(step, exports)),
    ],
  };
}

const runtimeOf = (before: Link[]): Step[] => runtimeSteps(before.at(-1)?.image.steps ?? []);

const adapted = (step: Step, before: Link[], runtime: Step[]): Step =>
  withPathOf(runtime, fromBefore(step, before));

/** Files that a plan names are the source's own: it need not wait for what others build, unless these may do as they like. */
function fromBefore(step: Step, before: Link[]): Step {
  const [image, free] = [before.at(-1)?.image, before.some(({ plan }) => plan.verbatim)];
  if (step.do !== "copy" || step.from !== "source" || !image) return step;
  if (!free && step.paths.every((path) => path !== "." && !path.endsWith("/"))) return step;
  const paths = step.paths.map((path) => `${appUser.home}/${path === "." ? "" : path}`);
  return { ...step, from: { stage: image.name }, paths };
}
