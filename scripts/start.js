/** `npm start`: sets up what is missing, then runs the whole platform in the foreground, supervised. */
const { spawn } = require("node:child_process");
const { join } = require("node:path");
const { tell } = require("./setup/fault");
const { createProgress } = require("./setup/progress");
const { root, setUp } = require("./setup/set-up");

void tell(async () => {
  await setUp(process.env, createProgress(process.stderr));
  const platform = spawn(join(root, "bin/paas"), ["up", ...process.argv.slice(2)], { stdio: "inherit" });
  // Ctrl-C reaches the whole process group: the platform ends in its own time, and we with it.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => platform.kill("SIGTERM"));
  process.exitCode = await new Promise((resolve) => platform.once("exit", (code) => resolve(code ?? 129)));
});
