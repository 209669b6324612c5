import type { Manager } from "../manager";

/** It notes when it pruned, when it looked last and how old files were: that alone would make every image another one. */
const undated = [
  "find node_modules -maxdepth 1 '(' -name .modules.yaml -o -name '.pnpm-workspace-state*.json' ')' -exec sed -i -E",
  `-e 's/("?prunedAt"?: *"?)[A-Z][a-z]{2}, [^"]* GMT/\\1Thu, 01 Jan 1970 00:00:00 GMT/'`,
  // Their digests are noted, too.
  `-e 's/("(recordedAt|mtime|ctime)Ns": *)[0-9]+/\\10/'`,
  // Far in the future: nothing has changed since.
  `-e 's/("lastValidatedTimestamp": *)[0-9]+/\\14102444800000/' {} +`,
].join(" ");
const thenUndated = (command: string): string => `${command} && mkdir -p node_modules && ${undated}`;

export const pnpm: Manager = {
  name: "pnpm",
  lockfiles: ["pnpm-lock.yaml"],
  manifests: [".npmrc", "pnpm-workspace.yaml", ".pnpmfile.cjs"],
  directories: ["patches"],
  environment: () => ({
    CI: "true",
    // The store is on another file system than the app: links between them cannot be.
    npm_config_package_import_method: "copy",
    npm_config_store_dir: "/var/cache/npm/pnpm",
    npm_config_update_notifier: "false",
    npm_config_manage_package_manager_versions: "false",
    pnpm_config_pm_on_fail: "ignore",
    pnpm_config_package_import_method: "copy",
    pnpm_config_store_dir: "/var/cache/npm/pnpm",
  }),
  install(project, dev) {
    const said = `pnpm install${project.lockfile === null ? " --no-frozen-lockfile" : " --frozen-lockfile"}`;
    return { said, command: thenUndated(`${said} ${dev ? "--prod=false" : "--prod"}`) };
  },
  prune: ({ source, lockfile }) =>
    thenUndated(
      source.names.has("pnpm-workspace.yaml")
        ? `pnpm install --prod --prefer-offline${lockfile === null ? "" : " --frozen-lockfile"}`
        : "pnpm prune --prod --ignore-scripts",
    ),
};
