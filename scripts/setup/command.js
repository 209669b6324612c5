const { accessSync, closeSync, constants, openSync, readFileSync } = require("node:fs");
const { spawn } = require("node:child_process");
const { delimiter, join } = require("node:path");

/** @typedef {{ exitCode: number, output: string }} Ran  exit code (128 + n for a signal) and stdout and stderr as they came */
/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env]  added to our own
 * @property {(line: string) => void} [onLine]
 * @property {string} [outputFile]  takes the output instead of a pipe; then there are no lines
 */

/** Debian's daemons live in sbin, which is not on everyone's PATH. */
const searchPath = () =>
  `${process.env.PATH ?? ""}${delimiter}/usr/local/sbin${delimiter}/usr/sbin${delimiter}/sbin`;

/**
 * The file a command name stands for; null when there is none. A dangling link counts as none.
 * @param {string} name
 * @returns {string | null}
 */
function which(name) {
  for (const folder of searchPath().split(delimiter).filter(Boolean)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder: the next one.
    }
  }
  return null;
}

/**
 * Runs a command to its end, without a shell. An exit code other than 0 is an answer, not an exception.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Ran>}
 */
function run(command, args, options = {}) {
  const { cwd, outputFile } = options;
  const env = { ...process.env, PATH: searchPath(), ...options.env };
  return outputFile === undefined
    ? runWithPipes(spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] }), options)
    : runIntoFile(command, args, { cwd, env, outputFile });
}

/**
 * @param {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, import("node:stream").Readable>} child
 * @param {RunOptions} options
 * @returns {Promise<Ran>}
 */
function runWithPipes(child, { onLine }) {
  let output = "";
  const take = (/** @type {Buffer} */ chunk) => {
    output = (output + chunk.toString()).slice(-64 * 1024);
    const last = output
      .trimEnd()
      .split(/[\r\n]/)
      .pop();
    if (last) onLine?.(last);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ exitCode: code ?? 129, output }));
  });
}

/**
 * Nothing ties the command to us: neither a pipe nor a terminal's Ctrl-C ends it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string | undefined, env: NodeJS.ProcessEnv, outputFile: string }} options
 * @returns {Promise<Ran>}
 */
function runIntoFile(command, args, { cwd, env, outputFile }) {
  const file = openSync(outputFile, "w", 0o640);
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", file, file] });
  closeSync(file);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) =>
      resolve({ exitCode: code ?? 129, output: readFileSync(outputFile, "utf8") }),
    );
  });
}

/**
 * The last lines of a command's output, for an error text.
 * @param {string} output
 * @param {number} [lines]
 */
const lastLines = (output, lines = 15) => output.trimEnd().split("\n").slice(-lines).join("\n");

module.exports = { which, run, lastLines };
