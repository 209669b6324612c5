const { join } = require("node:path");
const { buildProduct, makeStackImages } = require("./build");
const { finishInstallation, installPackages } = require("./debian");
const { startEngine } = require("./docker-daemon");
const { engineAddress } = require("./engine-address");
const { SetupFault } = require("./fault");
const { withLock } = require("./lock");
const { lookAtMachine } = require("./machine");
const { missingPackages } = require("./needs");
const { installNpmPackages } = require("./npm-packages");
const { policyIsLeft } = require("./service-policy");

/** @typedef {import("./progress").Progress} Progress */

const root = join(__dirname, "../..");

/**
 * Everything a fresh Debian 12 machine needs, from packages to stack images. Each part looks first and does only what is missing, so
 * it may be killed anywhere and run again; two at once wait for each other.
 * @param {Record<string, string | undefined>} env
 * @param {Progress} progress
 */
async function setUp(env, progress) {
  await setUpMachine(env, progress);
  await setUpCheckout(progress, async () => {
    await buildProduct(root, progress);
    await makeStackImages(root, progress);
  });
}

/**
 * The part that needs root, once: Debian packages and an engine that answers.
 * @param {Record<string, string | undefined>} env
 * @param {Progress} progress
 */
async function setUpMachine(env, progress) {
  if (isReady(await lookAtMachine(env), env) && !(isRoot() && policyIsLeft())) return;
  await withLock("/run/paas/setup.lock", progress, async () => {
    if (policyIsLeft()) await finishInstallation(progress);
    const machine = await lookAtMachine(env);
    const { packages, services } = missingPackages(machine);
    if (packages.length > 0) await installPackages(packages, services, progress);
    if (machine.engine === "silent")
      await startEngine(engineAddress(env).host, packages.includes("docker.io"), progress);
  });
}

const isRoot = () => process.getuid?.() === 0;

/**
 * Whether there is nothing to do for root; throws what a person must do that we cannot.
 * @param {import("./needs").Machine} machine
 * @param {Record<string, string | undefined>} env
 */
function isReady(machine, env) {
  const { host } = engineAddress(env);
  if (machine.engine === "forbidden")
    throw new SetupFault(
      `You may not use the Docker Engine at ${host}. Allow it, log in anew, and run this again:\n\n    sudo usermod -aG docker "$USER"`,
    );
  if (machine.engine === "silent" && machine.engineChosen)
    throw new SetupFault(
      `DOCKER_HOST names ${host}, but no engine answers there. Start it, or unset DOCKER_HOST, and run this again.`,
    );
  const { packages } = missingPackages(machine);
  if (packages.length === 0 && machine.engine === "answers") return true;
  if (isRoot()) return false;
  const missing = [...packages, ...(machine.engine === "silent" ? ["a running Docker Engine"] : [])].join(
    ", ",
  );
  throw new SetupFault(
    `Missing on this machine: ${missing}. Setting that up needs root, once. Run:\n\n    sudo ${process.execPath} ${join(root, "scripts/setup.js")} --machine`,
  );
}

/**
 * npm packages, and then `more`, one set-up of this checkout at a time.
 * @param {Progress} progress
 * @param {() => Promise<void>} [more]
 */
async function setUpCheckout(progress, more = async () => undefined) {
  await withLock(join(root, "dist/.setup.lock"), progress, async () => {
    await installNpmPackages(root, progress);
    await more();
  });
}

module.exports = { root, setUp, setUpMachine, setUpCheckout };
