const { accessSync, constants } = require("node:fs");
const { spawn } = require("node:child_process");
const { delimiter, join } = require("node:path");

/** @typedef {{ exitCode: number, output: string }} Ran  exit code (128 + n for a signal) and stdout and stderr as they came */
/** @typedef {{ cwd?: string, env?: Record<string, string | undefined>, onLine?: (line: string) => void }} RunOptions */

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
  const { promise, resolve, reject } = deferred();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, PATH: searchPath(), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const take = (/** @type {Buffer} */ chunk) => {
    output = (output + chunk.toString()).slice(-64 * 1024);
    const last = chunk
      .toString()
      .trimEnd()
      .split(/[\r\n]/)
      .pop();
    if (last) options.onLine?.(last);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  child.on("error", reject);
  child.on("close", (code) => resolve({ exitCode: code ?? 129, output }));
  return promise;
}

/** @returns {{ promise: Promise<Ran>, resolve: (ran: Ran) => void, reject: (error: Error) => void }} */
function deferred() {
  /** @type {(ran: Ran) => void} */
  let resolve = () => undefined;
  /** @type {(error: Error) => void} */
  let reject = () => undefined;
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise: /** @type {Promise<Ran>} */ (promise), resolve, reject };
}

/**
 * The last lines of a command's output, for an error text.
 * @param {string} output
 * @param {number} [lines]
 */
const lastLines = (output, lines = 15) => output.trimEnd().split("\n").slice(-lines).join("\n");

module.exports = { which, run, lastLines };
