const { existsSync, readdirSync } = require("node:fs");
const { lastLines, run, which } = require("./command");
const { SetupFault } = require("./fault");
const { systemdRuns } = require("./machine");
const { holding, restorePolicy, withoutStarting } = require("./service-policy");

/** @typedef {import("./progress").Progress} Progress */

const quietly = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
const waitForOthers = ["-o", "DPkg::Lock::Timeout=300"];

/**
 * Installs Debian packages without their recommendations, and without starting the services they bring.
 * @param {string[]} packages
 * @param {string[]} services
 * @param {Progress} progress
 */
async function installPackages(packages, services, progress) {
  if (!which("apt-get"))
    throw new SetupFault(
      `Missing: ${packages.join(", ")}. This is no Debian, so set-up cannot install them: please do, and run this again.`,
    );
  await withoutStarting(services, async () => {
    if (interruptedBefore()) await configureAll(progress);
    if (!hasLists())
      await must(progress, "Reading Debian's package lists", "apt-get", ["update", "-qq", ...waitForOthers]);
    await installOnceOrTwice(packages, progress);
  });
  await keepFromBooting(services.includes("redis-server") ? ["redis-server"] : []);
}

/**
 * Ends what a killed set-up began: waits for its installer, if that is still at work, and configures what it left, its services
 * forbidden as before.
 * @param {Progress} progress
 */
async function finishInstallation(progress) {
  await configureAll(progress);
  restorePolicy();
}

/** @param {Progress} progress */
const configureAll = (progress) =>
  must(progress, "Finishing an interrupted installation", "dpkg", ["--configure", "-a", "--force-confold"]);

/**
 * Runs an installer so that it comes to its end even when we do not: its output goes to a file, since a broken pipe would end it half-way.
 * @param {string} command
 * @param {string[]} args
 */
const install = (command, args) =>
  run(...holding(command, args), { env: quietly, outputFile: "/run/paas/installing.log" });

/**
 * Lists may be too old to name files that still exist: then they are read again.
 * @param {string[]} packages
 * @param {Progress} progress
 */
async function installOnceOrTwice(packages, progress) {
  const title = `Installing ${packages.join(", ")}`;
  const args = [
    "install",
    "-y",
    "-qq",
    "--no-install-recommends",
    "-o",
    "Dpkg::Options::=--force-confold",
    ...waitForOthers,
    ...packages,
  ];
  const first = await progress.step(title, () => install("apt-get", args));
  if (first.exitCode === 0) return;
  await must(progress, "Reading Debian's package lists again", "apt-get", [
    "update",
    "-qq",
    ...waitForOthers,
  ]);
  await must(progress, title, "apt-get", args);
}

/**
 * @param {Progress} progress
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 */
async function must(progress, title, command, args) {
  const { exitCode, output } = await progress.step(title, () => install(command, args));
  if (exitCode !== 0)
    throw new SetupFault(
      `${command} ended with ${exitCode}. Is there a network, and can Debian's mirror be reached? Then run this again. Its last words:\n${lastLines(output)}`,
    );
}

/** dpkg keeps its journal here, and refuses everything while it is not empty. */
const interruptedBefore = () =>
  existsSync("/var/lib/dpkg/updates") && readdirSync("/var/lib/dpkg/updates").length > 0;

const hasLists = () => readdirSync("/var/lib/apt/lists").some((name) => /_Packages(\.|$)/.test(name));

/**
 * The platform runs its own; the machine's would only take memory. Asked for only right after this run installed them.
 * @param {string[]} services
 */
async function keepFromBooting(services) {
  if (!systemdRuns()) return;
  for (const service of services) await run("systemctl", ["disable", service]);
}

module.exports = { installPackages, finishInstallation, keepFromBooting };
