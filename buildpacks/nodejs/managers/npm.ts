import { caBundlePath } from "../../stack/stack";
import type { Manager, NodeProject } from "../manager";

const isOld = ({ version }: NodeProject): boolean => version !== null && version.major < 7;

export const npm: Manager = {
  name: "npm",
  lockfiles: ["package-lock.json", "npm-shrinkwrap.json"],
  manifests: [".npmrc"],
  directories: [],
  environment: (project) => ({
    npm_config_audit: "false",
    npm_config_cache: "/var/cache/npm",
    npm_config_cafile: caBundlePath,
    npm_config_fund: "false",
    npm_config_progress: "false",
    npm_config_update_notifier: "false",
    ...(isOld(project) ? { npm_config_unsafe_perm: "true" } : {}),
  }),
  install(project, dev) {
    const verb = project.lockfile === null ? "npm install" : "npm ci";
    const flag = isOld(project) ? `--production${dev ? "=false" : ""}` : dev ? "--include=dev" : "--omit=dev";
    return { said: verb, command: `${verb} ${flag}` };
  },
  prune: (project) => `npm prune ${isOld(project) ? "--production" : "--omit=dev"} --ignore-scripts`,
};
