const { productRooms } = require("./setup/build");

/** @typedef {{ title: string, program: string, args: string[] }} Part  a program of node_modules/.bin and its arguments */

/** Tests named so run only with `npm run test:full`. */
const longTests = "\\.long\\.test\\.ts$";

/** @type {Part[]} */
const checks = [
  { title: "lint and format", program: "biome", args: ["ci", "."] },
  { title: "types", program: "tsc", args: ["-b"] },
  {
    title: "imports and cycles",
    program: "depcruise",
    args: ["--config", ".dependency-cruiser.cjs", ...productRooms],
  },
];

/**
 * @param {string} project  of jest.config.js, a folder of test/
 * @param {string[]} more
 * @returns {Part}
 */
const jestPart = (project, more = []) => ({
  title: `${project} tests`,
  program: "jest",
  args: ["--selectProjects", project, "--passWithNoTests", ...more],
});

/** Parts that share an engine and two cores run one file at a time; a clock is no judge, but patience ends. */
const oneByOne = ["--runInBand"];
/** Jest leaves one core alone; of two that is half. */
const everyCore = ["--maxWorkers=100%"];
const withoutLong = ["--testPathIgnorePatterns", longTests];

/**
 * The parts of a run, cheap ones first.
 * @param {"usual" | "full" | "unit"} kind
 * @returns {Part[]}
 */
function partsOf(kind) {
  const unit = jestPart("unit", everyCore);
  if (kind === "unit") return [unit];
  const skipped = kind === "full" ? [] : withoutLong;
  const world = ["contract", "integration", "e2e", ...(kind === "full" ? ["chaos"] : [])];
  return [...checks, unit, ...world.map((project) => jestPart(project, [...oneByOne, ...skipped]))];
}

module.exports = { partsOf };
