import type { BuildPlan, Stage, Step } from "../build-plan";
import { appUser } from "../stack/stack";
import type { ClassicBuild } from "./classic-build";
import { compileStageName, compileStages } from "./compile-stage";
import { fetchStage } from "./fetch-stage";
import { program } from "./program";
import { buildDirectory, withProfile } from "./scripts";

const stagesOf = (build: ClassicBuild): Stage[] => [
  ...build.sources.flatMap((source, at) => fetchStage(source, at, build.buildId)),
  ...compileStages(build),
];

/** The plan of a build by classic buildpacks, one after the other, each in the directory that the last one left. */
export const classicPlan = (build: ClassicBuild): BuildPlan => ({
  buildpack: "classic",
  notes: [],
  excludes: [],
  stages: [...stagesOf(build), image],
  defaultProcesses: {},
  verbatim: true,
});

/** The plan of a build in which one of the platform's own buildpacks takes the directory that classic ones left for the source. */
export const classicBefore = (plan: BuildPlan, build: ClassicBuild): BuildPlan => ({
  ...plan,
  stages: [
    ...stagesOf(build),
    ...plan.stages.map((stage, at) => {
      const launcher = at === plan.stages.length - 1 ? [program("with-profile", withProfile)] : [];
      return { ...stage, steps: [...launcher, ...stage.steps.map(fromClassic)] };
    }),
  ],
  verbatim: true,
});

function fromClassic(step: Step): Step {
  if (step.do !== "copy" || step.from !== "source") return step;
  const paths = step.paths.map((path) => (path === "." ? `${buildDirectory}/` : `${buildDirectory}/${path}`));
  return { ...step, from: { stage: compileStageName }, paths };
}

const image: Stage = {
  name: "image",
  from: { stack: "run" },
  steps: [
    program("with-profile", withProfile),
    { do: "env", values: { HOME: appUser.home } },
    { do: "workdir", path: appUser.home },
    {
      do: "copy",
      from: { stage: compileStageName },
      paths: [`${buildDirectory}/`],
      to: `${appUser.home}/`,
      owner: appUser.id,
    },
    { do: "user", id: appUser.id },
  ],
};
