const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { run } = require("./command");
const { SetupFault } = require("./fault");

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} Locked */

/**
 * Runs `npm ci` when what is installed is not what package-lock.json says.
 * @param {string} root
 * @param {import("./progress").Progress} progress
 */
async function installNpmPackages(root, progress) {
  if (upToDate(root)) return;
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=warn"];
  const { exitCode, output } = await progress.step("Installing npm packages", (onLine) =>
    run("npm", args, { cwd: root, onLine }),
  );
  if (exitCode !== 0)
    throw new SetupFault(
      `npm ci ended with ${exitCode}. It needs a network and the npm registry; then run this again. Its words:\n${firstErrors(output)}`,
    );
}

/**
 * npm writes node_modules/.package-lock.json last, so a killed installation has none.
 * @param {string} root
 */
function upToDate(root) {
  const installed = join(root, "node_modules/.package-lock.json");
  return existsSync(installed) && satisfies(readLock(installed), readLock(join(root, "package-lock.json")));
}

/**
 * Whether every package a lock file wants is installed at its version; optional ones may be missing (other platforms').
 * @param {Record<string, Locked>} installed
 * @param {Record<string, Locked>} wanted
 */
function satisfies(installed, wanted) {
  return Object.entries(wanted).every(([path, entry]) => {
    const there = installed[path];
    if (path === "") return true;
    return there
      ? there.version === entry.version
      : Boolean(entry.optional || entry.devOptional || entry.peer);
  });
}

/** npm tells the cause first and then its own manual. @param {string} output */
const firstErrors = (output) => {
  const errors = output.split("\n").filter((line) => /^npm (error|ERR!) +\S/.test(line));
  return errors.slice(0, 8).join("\n");
};

/** @param {string} file @returns {Record<string, Locked>} */
const readLock = (file) => JSON.parse(readFileSync(file, "utf8")).packages;

module.exports = { installNpmPackages, satisfies };
