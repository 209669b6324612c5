/**
 * The test runner: `node scripts/test.js` runs everything that must pass before a change lands, `--full` adds the long ones,
 * `--unit` only what needs neither Docker nor a network (npm packages aside). Stops at the first part that fails.
 */
const { spawn } = require("node:child_process");
const { join } = require("node:path");
const { SetupFault, tell } = require("./setup/fault");
const { createProgress } = require("./setup/progress");
const { root, setUp, setUpCheckout } = require("./setup/set-up");
const { partsOf } = require("./test-parts");

const progress = createProgress(process.stderr);
const kind = process.argv.includes("--full") ? "full" : process.argv.includes("--unit") ? "unit" : "usual";

/** The long run tries property tests on new cases each time: test/support/properties.ts. */
const cases = kind === "full" ? { PAAS_TEST_CASES: "new" } : {};

void tell(async () => {
  const started = Date.now();
  if (kind === "unit") await setUpCheckout(progress);
  else await setUp(process.env, progress);
  for (const part of partsOf(kind)) await runPart(part);
  process.stdout.write(`\n===== all passed in ${seconds(started)} s\n`);
});

/** @param {import("./test-parts").Part} part */
async function runPart({ title, program, args }) {
  const started = Date.now();
  process.stdout.write(`\n===== ${title}\n`);
  const exitCode = await runToEnd(join(root, "node_modules/.bin", program), args);
  if (exitCode !== 0)
    throw new SetupFault(
      `${title}: failed (${program} ended with ${exitCode}). Again: npx ${program} ${args.join(" ")}`,
    );
  process.stdout.write(`===== ${title}: passed in ${seconds(started)} s\n`);
}

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function runToEnd(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...cases } });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 129));
  });
}

/** @param {number} started */
const seconds = (started) => ((Date.now() - started) / 1_000).toFixed(1);
