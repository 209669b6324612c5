import { posix } from "node:path";
import type { BuildPlan, Stage, Step } from "../build-plan";
import type { Buildpack, Found, Tool, ToolWish } from "../buildpack";
import { appUser, caBundlePath } from "../stack/stack";
import { siteStage } from "../static/site-stage";
import { frameworkReads } from "./frameworks";
import { isNodeApp } from "./is-node-app";
import { appOf, type NodeProject } from "./manager";
import { type NodeServing, serving } from "./processes";
import {
  buildScripts,
  installsFromSource,
  projectOf,
  projectReads,
  projectReadsHead,
  wishOfManager,
  wishOfPnpmExe,
} from "./project";
import type { Standalone } from "./standalone";
import {
  buildEnvironment,
  buildSteps,
  copyManifests,
  homeOf,
  installStep,
  prebuildSteps,
  pruneSteps,
} from "./steps";
import { nodeHome, titleOf, toolStage } from "./toolchain";
import { managerWish, nodeWish, npmOf } from "./versions";
import { nodeWorkspace } from "./workspace";

const { join } = posix;

const app = appUser.home;

/** Node.js and Bun apps with npm, Yarn, pnpm or Bun; single-page apps and sites that they build. */
export const nodejs: Buildpack = {
  name: "nodejs",
  manifests: ["package.json"],
  language: "Node.js",
  reads: [...projectReads, ...frameworkReads, "static.json", "app.json"],
  readsHead: projectReadsHead,
  detect: (source) => isNodeApp(source),
  builds: ({ texts }) => texts.has("package.json"),
  workspace: nodeWorkspace,
  wants(source, found): ToolWish | null {
    const project = projectOf(source);
    const tools = toolsIn(found);
    const node = tools.find(({ tool }) => tool === "node");
    if (!node) return wishOfNode(project);
    const wanted = [
      wishOfManager(project, node.version),
      ...wishOfPnpmExe(tools),
      ...alsoNpm(project, node.version),
    ];
    return wanted.find((wish) => !tools.some(({ tool }) => tool === wish.tool)) ?? null;
  },
  plan(source, found): BuildPlan {
    const tools = toolsIn(found);
    const project = projectOf(source, tools);
    const served = serving(appOf(project));
    return {
      buildpack: "nodejs",
      notes: notesOf(project, tools, served),
      excludes: ["node_modules"],
      stages: [toolStage(tools), ...appStages(project, served)],
      defaultProcesses: served.processes,
    };
  },
};

const toolsIn = (found: Found[]): Tool[] => found.filter((one): one is Tool => "tool" in one);

/** Of a workspace the app's own package comes first. */
function wishOfNode(project: NodeProject): ToolWish {
  const own = appOf(project);
  const { pkg, source } = own.pkg.engines?.node === undefined ? project : own;
  return nodeWish(pkg, source);
}

/** npm and npx belong to Node.js for many: where scripts call them, they are there beside another manager. */
function alsoNpm(project: NodeProject, nodeVersion: string): ToolWish[] {
  const scripts = [project, appOf(project)].flatMap(({ pkg }) => Object.values(pkg.scripts ?? {}));
  const texts = [...scripts, project.source.procfile ?? ""];
  if (project.manager.name === "npm" || !texts.some((text) => /\b(npm|npx)\b/.test(text))) return [];
  const { range } = npmOf(nodeVersion);
  return [managerWish("npm", project.pkg, { range, reason: "a script calls it" })];
}

function appStages(project: NodeProject, { site, output }: NodeServing): Stage[] {
  if (site !== null) {
    const root = join(project.member?.path ?? ".", site.root);
    const path = `${join(app, root)}/`;
    const built: Step = { do: "copy", from: { stage: "build" }, paths: [path], to: path };
    return [buildStage(project, false), siteStage({ ...site, root }, [built])];
  }
  if (output !== null) return [buildStage(project, false), imageStage(app, output.map(takeBuilt))];
  if (isSimple(project)) return simpleStages(project);
  return [buildStage(project, true), imageStage(homeOf(project), [takeAll])];
}

const takeBuilt = ({ from, to }: Standalone["output"][number]): Step => ({
  do: "copy",
  from: { stage: "build" },
  paths: [`${app}/${from}`],
  to: `${app}/${to}`,
  owner: appUser.id,
});

/** Nothing but dependencies to install: the source then goes straight into the image, and a change of code costs one layer. */
const isSimple = (project: NodeProject): boolean =>
  buildScripts(project).length === 0 && !installsFromSource(project);

function simpleStages(project: NodeProject): Stage[] {
  const dependencies: Stage = {
    name: "dependencies",
    from: { stage: "tools" },
    steps: [...buildEnvironment(project), ...copyManifests(project), installStep(project, { dev: false })],
  };
  const modules: Step = {
    do: "copy",
    from: { stage: "dependencies" },
    paths: [`${app}/node_modules/`],
    to: `${app}/node_modules/`,
    owner: appUser.id,
  };
  return [dependencies, imageStage(app, [modules, { ...copySource, owner: appUser.id }])];
}

/** Scripts need the source: they see all of it, with the dev dependencies, which go again afterwards where the rest is kept. */
function buildStage(project: NodeProject, kept: boolean): Stage {
  const install = installStep(project, { dev: true });
  const prepared = installsFromSource(project)
    ? [copySource, ...prebuildSteps(project), install]
    : [...copyManifests(project), install, copySource];
  const rest = [...buildSteps(project), ...(kept ? pruneSteps(project) : [])];
  return {
    name: "build",
    from: { stage: "tools" },
    steps: [...buildEnvironment(project), ...prepared, ...rest],
  };
}

const copySource: Extract<Step, { do: "copy" }> = { do: "copy", from: "source", paths: ["."], to: `${app}/` };

/** What runs: the run stack, the node binary, the package manager (Procfiles say `npm run ...`), the app. */
const imageStage = (home: string, appSteps: Step[]): Stage => ({
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
        PATH: [
          "/usr/local/bin:/usr/bin:/bin",
          ...[...new Set([home, app])].map((one) => `${one}/node_modules/.bin`),
        ].join(":"),
        npm_config_update_notifier: "false",
      },
    },
    { do: "workdir", path: home },
    ...appSteps,
    { do: "user", id: appUser.id },
  ],
});

const takeAll: Step = {
  do: "copy",
  from: { stage: "build" },
  paths: [`${app}/`],
  to: `${app}/`,
  owner: appUser.id,
};

function notesOf(project: NodeProject, tools: Tool[], { note }: NodeServing): string[] {
  const { manager, lockfile, source } = project;
  const notes = tools.map(({ tool, version, wish }) => `${titleOf(tool)} ${version} (${wish.reason})`);
  if (lockfile === null)
    notes.push(`No ${manager.lockfiles[0]}: versions of dependencies may change from build to build.`);
  if (source.names.has("node_modules"))
    notes.push(`node_modules of the repository stays out: ${manager.name} installs it anew.`);
  if (project.member)
    notes.push(
      `${project.member.path} is a package of a workspace: all of that is installed and built together.`,
    );
  if (note !== null) notes.push(note);
  return notes;
}
