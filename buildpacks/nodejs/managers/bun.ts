import type { Manager } from "../manager";

export const bun: Manager = {
  name: "bun",
  lockfiles: ["bun.lock", "bun.lockb"],
  manifests: [".npmrc", "bunfig.toml"],
  directories: ["patches"],
  environment: () => ({ BUN_INSTALL_CACHE_DIR: "/var/cache/npm/bun", DO_NOT_TRACK: "1" }),
  install(project, dev) {
    const said = `bun install${project.lockfile === null ? "" : " --frozen-lockfile"}`;
    return { said, command: dev ? said : `${said} --production` };
  },
  prune: ({ lockfile }) =>
    `rm -rf node_modules && bun install --production${lockfile === null ? "" : " --frozen-lockfile"}`,
};
