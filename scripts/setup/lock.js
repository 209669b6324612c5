const { spawn } = require("node:child_process");
const { mkdirSync } = require("node:fs");
const { dirname } = require("node:path");

/**
 * Holds a file's lock while `act` runs; waits for whoever has it. The lock belongs to a child that ends when our end of its
 * stdin closes, so it is freed however this process dies.
 * @template T
 * @param {string} file
 * @param {import("./progress").Progress} progress
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
async function withLock(file, progress, act) {
  mkdirSync(dirname(file), { recursive: true });
  const holder = spawn("flock", [file, "sh", "-c", "echo held; exec cat >/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await progress.step("Waiting for another set-up to finish", () => firstOutput(holder));
  try {
    return await act();
  } finally {
    holder.stdin.end();
  }
}

/** @param {import("node:child_process").ChildProcessByStdio<import("node:stream").Writable, import("node:stream").Readable, null>} child */
function firstOutput(child) {
  return new Promise((resolve, reject) => {
    child.stdout.once("data", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`flock ended with ${code}`)));
  });
}

module.exports = { withLock };
