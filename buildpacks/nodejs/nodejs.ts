import { PaasError } from "../../core/error";
import type { ProcessTypes } from "../../core/release";
import type { BuildPlan, Stage, Step } from "../build-plan";
import type { Buildpack, SourceView, Tool, ToolWish } from "../buildpack";
import { appUser, caBundlePath } from "../stack/stack";
import { buildScripts, installsFromSource, lockfileOf, type NpmProject, projectOf } from "./npm-project";
import { buildEnvironment, buildSteps, installStep, prebuildSteps, pruneSteps } from "./npm-steps";
import { nodeHome, toolStage } from "./toolchain";
import { nodeWish, npmWish } from "./versions";

const app = appUser.home;

/** Node.js apps with npm. */
export const nodejs: Buildpack = {
  name: "nodejs",
  looksFor: "package.json (Node.js)",
  reads: ["package.json"],
  detect: (source) => source.texts.has("package.json"),
  wants(source, found): ToolWish | null {
    const { pkg } = projectOf(source);
    const node = found.find((tool) => tool.tool === "node");
    if (!node) return nodeWish(pkg);
    return found.some((tool) => tool.tool === "npm") ? null : npmWish(pkg, node.version);
  },
  plan(source, tools): BuildPlan {
    const project = projectOf(source, tools);
    return {
      buildpack: "nodejs",
      notes: notesOf(project, tools),
      excludes: ["node_modules"],
      stages: [toolStage(tools), ...(isSimple(project) ? simpleStages(project) : sourceStages(project))],
      defaultProcesses: source.procfile === null ? defaultProcesses(project, source) : {},
    };
  },
};

/** Nothing but dependencies to install: the source then goes straight into the image, and a change of code costs one layer. */
const isSimple = (project: NpmProject): boolean =>
  buildScripts(project).length === 0 && !installsFromSource(project);

function simpleStages(project: NpmProject): Stage[] {
  const dependencies: Stage = {
    name: "dependencies",
    from: { stage: "tools" },
    steps: [...buildEnvironment(project), copyManifests(project), installStep(project, { dev: false })],
  };
  const modules: Step = {
    do: "copy",
    from: { stage: "dependencies" },
    paths: [`${app}/node_modules/`],
    to: `${app}/node_modules/`,
    owner: appUser.id,
  };
  return [dependencies, imageStage([modules, { ...copySource, owner: appUser.id }])];
}

/** Scripts need the source: they see all of it, with the dev dependencies, which go again afterwards. */
function sourceStages(project: NpmProject): Stage[] {
  const install = installStep(project, { dev: true });
  const prepared = installsFromSource(project)
    ? [copySource, ...prebuildSteps(project), install]
    : [copyManifests(project), install, copySource];
  const build: Stage = {
    name: "build",
    from: { stage: "tools" },
    steps: [...buildEnvironment(project), ...prepared, ...buildSteps(project), ...pruneSteps(project)],
  };
  const built: Step = {
    do: "copy",
    from: { stage: "build" },
    paths: [`${app}/`],
    to: `${app}/`,
    owner: appUser.id,
  };
  return [build, imageStage([built])];
}

const copySource: Extract<Step, { do: "copy" }> = { do: "copy", from: "source", paths: ["."], to: `${app}/` };
const copyManifests = ({ manifests }: NpmProject): Step => ({
  do: "copy",
  from: "source",
  paths: manifests,
  to: `${app}/`,
});

/** What runs: the run stack, the node binary, npm (Procfiles say `npm run ...`), the app. */
const imageStage = (appSteps: Step[]): Stage => ({
  name: "image",
  from: { stack: "run" },
  steps: [
    { do: "copy", from: { stage: "tools" }, paths: [`${nodeHome}/bin/`], to: "/usr/local/bin/" },
    { do: "copy", from: { stage: "tools" }, paths: [`${nodeHome}/lib/`], to: "/usr/local/lib/" },
    {
      do: "env",
      values: {
        HOME: app,
        NODE_ENV: "production",
        NODE_EXTRA_CA_CERTS: caBundlePath,
        PATH: `/usr/local/bin:/usr/bin:/bin:${app}/node_modules/.bin`,
        npm_config_update_notifier: "false",
      },
    },
    { do: "workdir", path: app },
    ...appSteps,
    { do: "user", id: appUser.id },
  ],
});

function defaultProcesses(project: NpmProject, source: SourceView): ProcessTypes {
  const { start, prestart, poststart } = project.pkg.scripts ?? {};
  // The script itself, not `npm start`: npm would stand between the app and its signals.
  if (start !== undefined && start.trim() !== "" && !start.includes("\n"))
    return { web: { command: prestart || poststart ? "npm start" : start.trim() } };
  if (source.names.has("server.js")) return { web: { command: "node server.js" } };
  throw new PaasError(
    "build_failed",
    'Nothing says how to start this app: add a Procfile (web: node index.js), a "start" script to package.json, or a server.js.',
  );
}

function notesOf(project: NpmProject, tools: Tool[]): string[] {
  const titles = { node: "Node.js", npm: "npm" } as const;
  const notes = tools.map(({ tool, version, wish }) => `${titles[tool]} ${version} (${wish.reason})`);
  if (!lockfileOf(project))
    notes.push("No package-lock.json: versions of dependencies may change from build to build.");
  const other = ["yarn.lock", "pnpm-lock.yaml", "bun.lockb"].find((name) => project.names.has(name));
  if (other && !lockfileOf(project)) notes.push(`${other} is not read: npm installs the dependencies.`);
  if (project.names.has("node_modules"))
    notes.push("node_modules of the repository stays out: npm installs it anew.");
  return notes;
}
