import semver from "semver";
import { shellWord } from "../../core/shell-word";
import type { Cache, Step } from "../build-plan";
import { appUser, caBundlePath } from "../stack/stack";
import { appOf, type NodeProject, runStep } from "./manager";
import { buildScripts, manifestsOf, prebuildScript } from "./project";
import { nodeHome } from "./toolchain";

const app = appUser.home;

/** Installs the dependencies of the manifests that lie in the working directory. */
export function installStep(project: NodeProject, { dev }: { dev: boolean }): Step {
  const { manager, lockfile } = project;
  const { said, command } = manager.install(project, dev);
  // An app without dependencies may get no node_modules; later steps copy it all the same.
  const step = runStep(`Installing dependencies (${said})`, `${command} && mkdir -p node_modules`);
  if (lockfile === null) return step;
  return {
    ...step,
    advice: `Where ${lockfile} does not fit package.json: ${manager.name} install, then commit it.`,
  };
}

const runScript = ({ manager }: NodeProject, script: string, more: Cache[] = []): Step =>
  runStep(`Running ${manager.name} run ${script}`, `${manager.name} run ${script}`, more);

/** What build tools keep for their next run, outside of the image. */
const toolCaches = (project: NodeProject): Cache[] => [
  { name: "tools", path: `${app}/node_modules/.cache` },
  ...(appOf(project).pkg.dependencies?.next === undefined
    ? []
    : [{ name: "next", path: `${homeOf(project)}/.next/cache` }]),
];

/** Where the app is in the image. */
export const homeOf = ({ member }: NodeProject): string => (member ? `${app}/${member.path}` : app);

export const prebuildSteps = (project: NodeProject): Step[] =>
  project.pkg.scripts?.[prebuildScript] === undefined ? [] : [runScript(project, prebuildScript)];

/** In a workspace pnpm builds the app and the packages it needs; of others the root's script does, else the app's own. */
export function buildSteps(project: NodeProject): Step[] {
  const { manager, member } = project;
  const caches = toolCaches(project);
  const own = member ? buildScripts(member.project) : [];
  if (member && (manager.name === "pnpm" || buildScripts(project).length === 0))
    return own.map((script) => {
      const run = `${manager.name} run ${script}`;
      return manager.name === "pnpm"
        ? runStep(
            `Running ${run} of ${member.path} and what it needs`,
            `pnpm --filter ${shellWord(`{${member.path}}...`)} run ${script}`,
            caches,
          )
        : runStep(`Running ${run} of ${member.path}`, `cd ${shellWord(member.path)} && ${run}`, caches);
    });
  return buildScripts(project).map((script) => runScript(project, script, caches));
}

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
