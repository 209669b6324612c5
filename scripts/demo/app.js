const { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { homedir } = require("node:os");
const { join } = require("node:path");
const { lastLines, run } = require("../setup/command");
const { SetupFault } = require("../setup/fault");
const { root } = require("../setup/set-up");
const { listApps, paas, shown } = require("./paas");

const example = join(root, "examples/node-hello");
/** The line of the example that the demo changes: what the page greets with. */
const messageLine = /^const message = .*;$/m;
/** The demo must not depend on what a person has or has not set in git. */
const author = ["-c", "user.name=paas demo", "-c", "user.email=demo@localhost", "-c", "commit.gpgsign=false"];

/**
 * Makes sure of the app and of a copy of the example with its git remote; a copy that is there keeps what a person changed in it.
 * @param {string} name
 * @param {Record<string, string | undefined>} env
 * @returns {Promise<string>} the copy's folder
 */
async function createApp(name, env) {
  const copy = join(dataDir(env), "demo", name);
  if (!existsSync(join(copy, ".git"))) {
    mkdirSync(copy, { recursive: true });
    cpSync(example, copy, { recursive: true });
    await git(copy, ["init", "-q", "-b", "main"]);
  }
  const exists = (await listApps()).some((app) => app.name === name);
  await paas(exists ? ["git:remote", "-a", name] : ["create", name], copy);
  await continueFromDeployed(copy);
  return copy;
}

/**
 * Someone may have pushed from elsewhere, or the copy is new and the app is not: go on from what is deployed, keeping the files.
 * @param {string} copy
 */
async function continueFromDeployed(copy) {
  await git(copy, ["fetch", "-q", "paas"]);
  const tip = await run("git", ["rev-parse", "-q", "--verify", "refs/remotes/paas/main"], { cwd: copy });
  if (tip.exitCode === 0) await git(copy, ["update-ref", "refs/heads/main", tip.output.trim()]);
}

/**
 * Changes the message, commits and pushes; the transcript goes to the terminal as it comes.
 * @param {string} copy
 * @param {string} message
 * @param {(text: string) => void} say
 */
async function pushChange(copy, message, say) {
  const file = join(copy, "server.js");
  const code = readFileSync(file, "utf8");
  if (!messageLine.test(code))
    throw new SetupFault(
      `${file} has no line "const message = ...;" any more: remove ${copy} and run the demo again.`,
    );
  writeFileSync(
    file,
    code.replace(messageLine, `const message = ${JSON.stringify(`Hello from paas, ${message}`)};`),
  );
  await git(copy, ["add", "-A"]);
  await git(copy, [...author, "commit", "-q", "-m", `Greet anew: ${message}`]);
  say(`\n$ cd ${copy} && git push paas main`);
  await shown("git", ["push", "paas", "main"], copy);
}

/** @param {string} cwd @param {string[]} args */
async function git(cwd, args) {
  const { exitCode, output } = await run("git", args, { cwd, env: { GIT_TERMINAL_PROMPT: "0" } });
  if (exitCode !== 0)
    throw new SetupFault(`git ${args.join(" ")} ended with ${exitCode}:\n${lastLines(output)}`);
}

/** @param {Record<string, string | undefined>} env  as core/settings.ts reads it, which cannot be loaded before the build */
const dataDir = (env) =>
  env.PAAS_DATA_DIR || (process.getuid?.() === 0 ? "/var/lib/paas" : join(homedir(), ".paas"));

module.exports = { createApp, pushChange };
