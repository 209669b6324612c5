import { caBundlePath } from "../../stack/stack";
import type { Manager, NodeProject } from "../manager";

const isBerry = ({ version }: NodeProject): boolean => version !== null && version.major >= 2;

/** Yarn 1, and berry, which always lays out node_modules here: programs are then found as with any other. */
export const yarn: Manager = {
  name: "yarn",
  lockfiles: ["yarn.lock"],
  manifests: [".npmrc", ".yarnrc", ".yarnrc.yml"],
  directories: [".yarn"],
  environment: (project) =>
    isBerry(project)
      ? {
          YARN_ENABLE_GLOBAL_CACHE: "true",
          YARN_ENABLE_TELEMETRY: "false",
          YARN_GLOBAL_FOLDER: "/var/cache/npm/yarn-berry",
          YARN_HTTPS_CA_FILE_PATH: caBundlePath,
          YARN_NODE_LINKER: "node-modules",
        }
      : { YARN_CACHE_FOLDER: "/var/cache/npm/yarn", npm_config_cafile: caBundlePath },
  install(project, dev) {
    const locked = project.lockfile !== null;
    if (isBerry(project)) {
      const said = locked ? "yarn install --immutable" : "yarn install --no-immutable";
      return { said, command: dev ? said : `${said} && ${focus}` };
    }
    const said = `yarn install${locked ? " --frozen-lockfile" : ""}`;
    return { said, command: `${said} --non-interactive --production=${!dev}` };
  },
  prune: (project) =>
    isBerry(project)
      ? project.version !== null && project.version.major >= 4
        ? focus
        : null
      : "yarn install --frozen-lockfile --non-interactive --production --ignore-scripts --prefer-offline",
};

/** Since berry 4 part of it. */
const focus = "yarn workspaces focus --all --production";
