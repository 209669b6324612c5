const { join } = require("node:path");
const { lastLines, run } = require("./command");
const { SetupFault } = require("./fault");

/** The rooms that run; tests and benches are compiled by `npm run types` and by those who run them. */
const productRooms = ["core", "buildpacks", "builder", "router", "cli", "server", "supervisor"];

/**
 * Compiles the product into dist/; does nothing when nothing changed.
 * @param {string} root
 * @param {import("./progress").Progress} progress
 */
async function buildProduct(root, progress) {
  const { exitCode, output } = await progress.step("Compiling", () =>
    run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", ...productRooms], {
      cwd: root,
    }),
  );
  if (exitCode !== 0) throw new SetupFault(`The code does not compile:\n${lastLines(output, 30)}`);
}

/**
 * Makes the images that builds stand on; says what it does while it does.
 * @param {string} root
 * @param {import("./progress").Progress} progress
 */
async function makeStackImages(root, progress) {
  const { exitCode, output } = await progress.step("Making the stack images", (onLine) =>
    run(process.execPath, [join(root, "dist/builder/stack-images.js")], { cwd: root, onLine }),
  );
  if (exitCode !== 0) throw new SetupFault(`The stack images could not be made:\n${lastLines(output)}`);
}

module.exports = { productRooms, buildProduct, makeStackImages };
