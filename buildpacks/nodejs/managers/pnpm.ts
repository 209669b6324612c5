import type { Manager } from "../manager";

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
    return { said, command: `${said} ${dev ? "--prod=false" : "--prod"}` };
  },
  prune: ({ source, lockfile }) =>
    source.names.has("pnpm-workspace.yaml")
      ? `pnpm install --prod --prefer-offline${lockfile === null ? "" : " --frozen-lockfile"}`
      : "pnpm prune --prod --ignore-scripts",
};
