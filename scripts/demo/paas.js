const { spawn } = require("node:child_process");
const { join } = require("node:path");
const { run } = require("../setup/command");
const { SetupFault } = require("../setup/fault");
const { root } = require("../setup/set-up");

const program = join(root, "bin/paas");

/** @typedef {{ name: string, url: string, gitUrl: string }} AppView */

/**
 * Runs a paas command that people see; throws when it fails, having shown why itself.
 * @param {string[]} args
 * @param {string} [cwd]
 */
const paas = (args, cwd) => shown(program, args, cwd);

/**
 * Runs a program with our own terminal.
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd]
 * @returns {Promise<void>}
 */
function shown(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) resolve();
      else
        reject(
          new SetupFault(
            `${command === program ? "paas" : command} ${args.join(" ")} failed (${code ?? "killed"}).`,
          ),
        );
    });
  });
}

/** @returns {Promise<AppView[]>} */
const listApps = async () => JSON.parse(await answerOf(["apps", "--json"]));

/** @param {string} name @returns {Promise<AppView>} */
const appNamed = async (name) => JSON.parse(await answerOf(["apps:info", "-a", name, "--json"]));

/** @param {string[]} args */
async function answerOf(args) {
  const { exitCode, output } = await run(program, args);
  if (exitCode !== 0)
    throw new SetupFault(`paas ${args.join(" ")} failed (${exitCode}):\n${output.trimEnd()}`);
  return output;
}

module.exports = { paas, shown, listApps, appNamed };
