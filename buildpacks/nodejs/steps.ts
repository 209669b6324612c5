import semver from "semver";
import type { Cache, Step } from "../build-plan";
import { appUser, caBundlePath } from "../stack/stack";
import { type NodeProject, runStep } from "./manager";
import { buildScripts, manifestsOf, prebuildScript } from "./project";
import { nodeHome } from "./toolchain";

const app = appUser.home;

/** Installs the dependencies of the manifests that lie in the working directory. */
export function installStep(project: NodeProject, { dev }: { dev: boolean }): Step {
  const { said, command } = project.manager.install(project, dev);
  // An app without dependencies may get no node_modules; later steps copy it all the same.
  return runStep(`Installing dependencies (${said})`, `${command} && mkdir -p node_modules`);
}

const runScript = ({ manager }: NodeProject, script: string, more: Cache[] = []): Step =>
  runStep(`Running ${manager.name} run ${script}`, `${manager.name} run ${script}`, more);

/** What build tools keep for their next run, outside of the image. */
const toolCaches = ({ pkg }: NodeProject): Cache[] => [
  { name: "tools", path: `${app}/node_modules/.cache` },
  ...(pkg.dependencies?.next === undefined ? [] : [{ name: "next", path: `${app}/.next/cache` }]),
];

export const prebuildSteps = (project: NodeProject): Step[] =>
  project.pkg.scripts?.[prebuildScript] === undefined ? [] : [runScript(project, prebuildScript)];
export const buildSteps = (project: NodeProject): Step[] =>
  buildScripts(project).map((script) => runScript(project, script, toolCaches(project)));

/** Dev dependencies were there for the build alone. */
export function pruneSteps(project: NodeProject): Step[] {
  const workspaces = project.pkg.workspaces !== undefined || project.source.names.has("pnpm-workspace.yaml");
  if (!workspaces && Object.keys(project.pkg.devDependencies ?? {}).length === 0) return [];
  const command = project.manager.prune(project);
  return command === null ? [] : [runStep("Removing dev dependencies", command)];
}

export function copyManifests(project: NodeProject): Step[] {
  const { manager, source } = project;
  const directories = manager.directories.filter((name) =>
    [...source.files].some((path) => path.startsWith(`${name}/`)),
  );
  return [
    { do: "copy", from: "source", paths: manifestsOf(project), to: `${app}/` },
    ...directories.map(
      (name): Step => ({ do: "copy", from: "source", paths: [`${name}/`], to: `${app}/${name}/` }),
    ),
  ];
}

/** What the package manager and node-gyp see while they work; the image has an environment of its own. */
export const buildEnvironment = (project: NodeProject): Step[] => [
  {
    do: "env",
    values: {
      NODE_ENV: "production",
      NODE_EXTRA_CA_CERTS: caBundlePath,
      PATH: `${nodeHome}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      ...project.manager.environment(project),
      ...headersEnvironment(project),
    },
  },
  { do: "workdir", path: app },
];

/** Headers for native addons lie beside node; node-gyp need not fetch any. npm 11 wants the newer of its two names. */
const headersEnvironment = ({ manager, version }: NodeProject): Record<string, string> =>
  manager.name === "npm" && version !== null && semver.gte(version, "11.0.0")
    ? { npm_package_config_node_gyp_nodedir: nodeHome }
    : { npm_config_nodedir: nodeHome };
