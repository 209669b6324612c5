import type { Step } from "../build-plan";
import { appUser, caBundlePath } from "../stack/stack";
import { buildScripts, lockfileOf, type NpmProject, prebuildScript } from "./npm-project";
import { nodeHome } from "./toolchain";

const app = appUser.home;
const caches = [{ name: "npm", path: "/var/cache/npm" }];
const isOld = ({ npmMajor }: NpmProject): boolean => npmMajor !== null && npmMajor < 7;

/** Installs the dependencies of the manifests that lie in the working directory. */
export function installStep(project: NpmProject, { dev }: { dev: boolean }): Step {
  const verb = lockfileOf(project) ? "npm ci" : "npm install";
  const flag = isOld(project) ? `--production${dev ? "=false" : ""}` : dev ? "--include=dev" : "--omit=dev";
  // An app without dependencies gets no node_modules from npm; later steps copy it all the same.
  const command = `${verb} ${flag} && mkdir -p node_modules`;
  return { do: "run", title: `Installing dependencies (${verb})`, command, caches };
}

const runScript = (script: string): Step => ({
  do: "run",
  title: `Running npm run ${script}`,
  command: `npm run ${script}`,
  caches,
});

export const prebuildSteps = ({ pkg }: NpmProject): Step[] =>
  pkg.scripts?.[prebuildScript] === undefined ? [] : [runScript(prebuildScript)];
export const buildSteps = (project: NpmProject): Step[] => buildScripts(project).map(runScript);

/** Dev dependencies were there for the build alone. */
export function pruneSteps(project: NpmProject): Step[] {
  if (Object.keys(project.pkg.devDependencies ?? {}).length === 0) return [];
  const command = `npm prune ${isOld(project) ? "--production" : "--omit=dev"} --ignore-scripts`;
  return [{ do: "run", title: "Removing dev dependencies", command, caches }];
}

/** What npm and node-gyp see while they work; the image has an environment of its own. */
export const buildEnvironment = (project: NpmProject): Step[] => [
  {
    do: "env",
    values: {
      NODE_ENV: "production",
      NODE_EXTRA_CA_CERTS: caBundlePath,
      PATH: `${nodeHome}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      npm_config_audit: "false",
      npm_config_cache: "/var/cache/npm",
      npm_config_cafile: caBundlePath,
      npm_config_fund: "false",
      npm_config_progress: "false",
      npm_config_update_notifier: "false",
      ...(isOld(project) ? { npm_config_unsafe_perm: "true" } : {}),
      ...headersEnvironment(project),
    },
  },
  { do: "workdir", path: app },
];

/** Headers for native addons lie beside node; node-gyp need not fetch any. npm 11 wants the newer of its two names. */
const headersEnvironment = ({ npmMajor }: NpmProject): Record<string, string> =>
  npmMajor !== null && npmMajor >= 11
    ? { npm_package_config_node_gyp_nodedir: nodeHome }
    : { npm_config_nodedir: nodeHome };
