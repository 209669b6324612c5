import { buildpackText } from "../../core/buildpack-source";
import type { Cache, RunStep, Stage, Step } from "../build-plan";
import { aptInstall } from "../debian/apt";
import { appUser } from "../stack/stack";
import type { ClassicBuild } from "./classic-build";
import { fetchStageOf } from "./fetch-stage";
import { program } from "./program";
import * as scripts from "./scripts";

/** The stack that buildpacks are told: what is made for it runs on ours (docs/decisions/0010). */
const stackName = "heroku-22";
/** What buildpacks expect of a build image beside the stack's own. */
const tools = ["bzip2", "file", "gettext-base", "jq", "procps", "unzip", "wget", "zip", "zstd"];

export const compileStageName = "classic";
const installed = "installed";
const packageList = "/var/lib/dpkg/status";

/** The stages in which an app's directory goes through its buildpacks; the last one holds the result. */
export function compileStages(build: ClassicBuild): Stage[] {
  const directories = build.sources.map((source, at) =>
    source.from === "app" ? scripts.buildDirectory : `/buildpacks/${at + 1}`,
  );
  const steps = [
    ...machineSteps(build.commit),
    ...sourceSteps(build, directories),
    ...runs(build, directories),
  ];
  return [
    { name: installed, from: { stack: "run" }, steps: [] },
    { name: compileStageName, from: { stack: "build" }, steps },
  ];
}

const owned = [scripts.buildDirectory, scripts.envDirectory, "/buildpacks"];

/** What a buildpack finds on the machine. */
const machineSteps = (commit: string): Step[] => [
  aptInstall("Installing what buildpacks expect", tools),
  // Packages that a buildpack brings are those that the image lacks, not those that this stage does.
  { do: "copy", from: { stage: installed }, paths: [packageList], to: packageList },
  program("detect-app", scripts.detectApp),
  program("compile-app", scripts.compileApp),
  program("export-environment", scripts.exportEnvironment),
  program("tell-builder", scripts.tellBuilder),
  program("open-cache", scripts.openCache),
  program("keep-cache", scripts.keepCache),
  {
    do: "run",
    title: null,
    command: `install -d -o ${appUser.id} -g ${appUser.id} ${owned.join(" ")}`,
  },
  { do: "env", values: { HOME: appUser.home, STACK: stackName, SOURCE_VERSION: commit } },
];

function sourceSteps({ sources }: ClassicBuild, directories: string[]): Step[] {
  const fetched = sources.flatMap((source, at): Step[] => {
    const from = { stage: fetchStageOf(at) };
    const to = `${directories[at]}/`;
    return source.from === "app" ? [] : [{ do: "copy", from, paths: ["/buildpack/"], to, owner: appUser.id }];
  });
  const to = `${scripts.buildDirectory}/`;
  return [
    { do: "workdir", path: scripts.buildDirectory },
    { do: "copy", from: "source", paths: ["."], to, owner: appUser.id },
    ...fetched,
    { do: "user", id: appUser.id },
  ];
}

function runs(
  { buildId: nonce, cache: name, configNames, sources, last }: ClassicBuild,
  directories: string[],
): RunStep[] {
  const cache: Cache = { name, path: scripts.cacheDirectory, owner: appUser.id };
  const secrets = { names: configNames, directory: scripts.envDirectory, owner: appUser.id };
  const run = (command: string, fault: string): RunStep => ({
    do: "run",
    title: null,
    command,
    nonce,
    fault,
  });
  const asked = last ? directories.at(-1) : "";
  const exporting = (words: string): RunStep[] =>
    last ? [] : [run(`export-environment ${words}`, "What the buildpacks export cannot be read.")];
  return [
    ...exporting("begin"),
    { ...run("open-cache", "The cache of the last build cannot be read."), caches: [cache] },
    ...sources.flatMap((source, at): RunStep[] => {
      const text = buildpackText(source);
      const words = [directories[at], ...directories.slice(0, at)].join(" ");
      const compile = run(`compile-app ${words}`, `The buildpack ${text} failed: see above what it says.`);
      return [
        run(`detect-app ${words}`, doesNotKnow(text)),
        { ...compile, title: `Compiling with ${text}`, caches: [cache], secrets },
      ];
    }),
    ...exporting(`end ${directories.join(" ")}`),
    run(`tell-builder write ${asked}`, "bin/release of the last buildpack failed: see above what it says."),
    { ...run("tell-builder read", "What bin/release said is gone."), forBuilder: true },
    { ...run("keep-cache", "The cache for the next build could not be kept."), caches: [cache] },
  ];
}

const doesNotKnow = (text: string): string =>
  `The buildpack ${text} does not know this app: it looks for files that are not there, or its place in the list is wrong (paas buildpacks).`;
