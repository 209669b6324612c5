import { constants, homedir } from "node:os";
import { join } from "node:path";
import { dataPaths } from "../core/data-paths";
import { dispatch } from "./dispatch";
import type { CliSettings, World } from "./world";

const { env } = process;

function localServer(): string {
  const bind = env.PAAS_BIND || "127.0.0.1";
  const address = bind === "0.0.0.0" ? "127.0.0.1" : bind === "::" ? "::1" : bind;
  return `http://${address.includes(":") ? `[${address}]` : address}:${env.PAAS_API_PORT || 8081}`;
}

function readCliSettings(): CliSettings {
  const dataDir =
    env.PAAS_DATA_DIR || (process.getuid?.() === 0 ? "/var/lib/paas" : join(homedir(), ".paas"));
  return {
    server: env.PAAS_SERVER || undefined,
    token: env.PAAS_TOKEN || undefined,
    app: env.PAAS_APP || undefined,
    configDir: join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "paas"),
    localServer: localServer(),
    adminTokenFile: dataPaths(dataDir).adminToken,
    supervisorFile: join(dataPaths(dataDir).run, "supervisor.json"),
    supervisorMain: join(__dirname, "../supervisor/main.js"),
    routerMain: join(__dirname, "../router/main.js"),
    dataDir,
    httpPort: Number(env.PAAS_HTTP_PORT || 8080),
    dockerHost: env.DOCKER_HOST || "unix:///var/run/docker.sock",
    terminal: env.TERM || undefined,
  };
}

const world: World = {
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  settings: readCliSettings(),
  cwd: process.cwd(),
  version: (require("../../package.json") as { version: string }).version,
  now: () => new Date(),
  onSignal(name, act) {
    process.on(name, act);
    return () => process.off(name, act);
  },
  lastWords(text) {
    const end = () => {
      process.stderr.write(`\n${text}\n`);
      process.exit(128 + constants.signals.SIGINT);
    };
    process.once("SIGINT", end);
    return () => process.off("SIGINT", end);
  },
};

// Whoever read our output has had enough, as `paas logs | head` does.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 74));

dispatch(process.argv.slice(2), world).then((exitCode) => {
  process.exitCode = exitCode;
});
