/** `npm run bench -- <name> [--json] [--runs N]`: sets up what is missing, compiles bench/ and runs the bench of that name. */
const { spawn } = require("node:child_process");
const { join } = require("node:path");
const { installBenchPeers } = require("./setup/bench-peers");
const { lastLines, run } = require("./setup/command");
const { SetupFault, tell } = require("./setup/fault");
const { createProgress } = require("./setup/progress");
const { root, setUp } = require("./setup/set-up");

void tell(async () => {
  await setUp(process.env, createProgress(process.stderr));
  if (process.argv[2] === "router") await installBenchPeers(createProgress(process.stderr));
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const { exitCode, output } = await run(process.execPath, [compiler, "-b", "bench"], { cwd: root });
  if (exitCode !== 0) throw new SetupFault(`The benches do not compile:\n${lastLines(output, 30)}`);
  const bench = spawn(process.execPath, [join(root, "dist/bench/main.js"), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  process.exitCode = await new Promise((resolve) => bench.once("exit", (code) => resolve(code ?? 129)));
});
