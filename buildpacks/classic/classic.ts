import type { BuildPlan, Exports, Stage } from "../build-plan";
import { appUser } from "../stack/stack";
import type { ClassicBuild } from "./classic-build";
import { compileStageName, compileStages } from "./compile-stage";
import { fetchStage } from "./fetch-stage";
import { program } from "./program";
import { buildDirectory, exportsDirectory, withProfile } from "./scripts";

/** The plan of a build by classic buildpacks, one after the other, each in the directory that the last one left. */
export const classicPlan = (build: ClassicBuild): BuildPlan => ({
  buildpack: "classic",
  notes: [],
  excludes: [],
  stages: [
    ...build.sources.flatMap((source, at) => fetchStage(source, at, build.buildId)),
    ...compileStages(build),
    image,
  ],
  defaultProcesses: {},
  verbatim: true,
  ...(build.last ? {} : { exports: exported }),
});

const exported: Exports = {
  stage: compileStageName,
  script: `${exportsDirectory}/script`,
  files: `${exportsDirectory}/files`,
  builtIn: buildDirectory,
};

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
