import { type BuildpackSource, buildpackText } from "../../core/buildpack-source";
import type { BuildPlan, Cache, RunStep, Stage, Step } from "../build-plan";
import { aptInstall } from "../debian/apt";
import { appUser } from "../stack/stack";
import * as scripts from "./scripts";

/** What a build with classic buildpacks is made of: Heroku's bin/detect, bin/compile and bin/release. */
export interface ClassicBuild {
  /** In the order they run; none of the platform's own. */
  sources: BuildpackSource[];
  /** Names of the config that builds get: the files of ENV_DIR. */
  configNames: string[];
  commit: string;
  /** Buildpacks run in every build, as they do at Heroku: theirs is not a step that BuildKit may remember. */
  buildId: string;
}

/** The stack that buildpacks are told: what is made for it runs on ours (docs/decisions/0010). */
const stackName = "heroku-22";
/** What buildpacks expect of a build image beside the stack's own. */
const tools = ["bzip2", "file", "gettext-base", "jq", "procps", "unzip", "wget", "zip", "zstd"];

const programs = "/usr/local/bin";
export const profileLauncher = `${programs}/with-profile`;

/** The plan of a build by classic buildpacks, one after the other, each in the directory that the last one left. */
export function classicPlan(build: ClassicBuild): BuildPlan {
  return {
    buildpack: "classic",
    notes: [],
    excludes: [],
    stages: [
      { name: "installed", from: { stack: "run" }, steps: [] },
      ...build.sources.flatMap((source, at) => fetchStage(source, at, build.buildId)),
      compileStage(build),
      imageStage,
    ],
    defaultProcesses: {},
    verbatim: true,
  };
}

const fetchStageOf = (at: number): string => `buildpack${at + 1}`;

/** By the build's own network, and by nobody else: an address leads nowhere that the app's own build could not go. */
function fetchStage(source: BuildpackSource, at: number, buildId: string): Stage[] {
  if (source.from !== "git" && source.from !== "tarball") return [];
  const ref = source.from === "git" && source.ref !== null ? ` '${source.ref}'` : "";
  const fetch: Step = {
    do: "run",
    title: `Fetching ${buildpackText(source)}`,
    command: `fetch-buildpack ${source.from} '${source.url}'${ref}`,
    nonce: buildId,
    fault: `The buildpack ${buildpackText(source)} could not be fetched: see above, and correct it with paas buildpacks:set.`,
  };
  return [
    {
      name: fetchStageOf(at),
      from: { stack: "build" },
      steps: [program("fetch-buildpack", scripts.fetchBuildpack), fetch],
    },
  ];
}

const program = (name: string, text: string): Step => ({
  do: "file",
  path: `${programs}/${name}`,
  text,
  executable: true,
});

const cache: Cache = { name: "classic", path: scripts.cacheDirectory, owner: appUser.id };
const owned = [scripts.buildDirectory, scripts.envDirectory, "/buildpacks"];

function compileStage(build: ClassicBuild): Stage {
  const directories = build.sources.map((source, at) =>
    source.from === "app" ? scripts.buildDirectory : `/buildpacks/${at + 1}`,
  );
  return {
    name: "compile",
    from: { stack: "build" },
    steps: [
      aptInstall("Installing what buildpacks expect", tools),
      // Packages that a buildpack brings are those that the image lacks, not those that this stage does.
      {
        do: "copy",
        from: { stage: "installed" },
        paths: ["/var/lib/dpkg/status"],
        to: "/var/lib/dpkg/status",
      },
      program("detect-app", scripts.detectApp),
      program("compile-app", scripts.compileApp),
      program("ask-for-processes", scripts.askForProcesses),
      program("open-cache", scripts.openCache),
      program("keep-cache", scripts.keepCache),
      {
        do: "run",
        title: null,
        command: `install -d -o ${appUser.id} -g ${appUser.id} ${owned.join(" ")}`,
      },
      { do: "env", values: { HOME: appUser.home, STACK: stackName, SOURCE_VERSION: build.commit } },
      { do: "workdir", path: scripts.buildDirectory },
      {
        do: "copy",
        from: "source",
        paths: ["."],
        to: `${scripts.buildDirectory}/`,
        owner: appUser.id,
      },
      ...build.sources.flatMap((source, at): Step[] =>
        source.from === "app"
          ? []
          : [
              {
                do: "copy",
                from: { stage: fetchStageOf(at) },
                paths: ["/buildpack/"],
                to: `${directories[at]}/`,
                owner: appUser.id,
              },
            ],
      ),
      { do: "user", id: appUser.id },
      ...runSteps(build, directories),
    ],
  };
}

function runSteps(build: ClassicBuild, directories: string[]): Step[] {
  const { buildId: nonce, configNames: names } = build;
  const secrets = { names, directory: scripts.envDirectory, owner: appUser.id };
  const run = (command: string, fault: string): RunStep => ({
    do: "run",
    title: null,
    command,
    nonce,
    fault,
  });
  return [
    { ...run("open-cache", "The cache of the last build cannot be read."), caches: [cache] },
    ...build.sources.flatMap((source, at): Step[] => {
      const text = buildpackText(source);
      const words = [directories[at], ...directories.slice(0, at)].join(" ");
      const compile = run(`compile-app ${words}`, `The buildpack ${text} failed: see above what it says.`);
      return [
        run(`detect-app ${words}`, doesNotKnow(text)),
        { ...compile, title: `Compiling with ${text}`, caches: [cache], secrets },
      ];
    }),
    run(`ask-for-processes ${directories.at(-1)}`, "bin/release of the last buildpack failed."),
    { ...run(`cat ${scripts.releaseFile}`, "What bin/release said is gone."), forBuilder: true },
    { ...run("keep-cache", "The cache for the next build could not be kept."), caches: [cache] },
  ];
}

const doesNotKnow = (text: string): string =>
  `The buildpack ${text} does not know this app: it looks for files that are not there, or its place in the list is wrong (paas buildpacks).`;

const imageStage: Stage = {
  name: "image",
  from: { stack: "run" },
  steps: [
    program("with-profile", scripts.withProfile),
    { do: "env", values: { HOME: appUser.home } },
    { do: "workdir", path: appUser.home },
    {
      do: "copy",
      from: { stage: "compile" },
      paths: [`${scripts.buildDirectory}/`],
      to: `${appUser.home}/`,
      owner: appUser.id,
    },
    { do: "user", id: appUser.id },
  ],
};
