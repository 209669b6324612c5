const { spawn } = require("node:child_process");
const {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require("node:fs");
const { setTimeout: pause } = require("node:timers/promises");
const { lastLines, run, which } = require("./command");
const { pingEngine } = require("./engine-address");
const { SetupFault } = require("./fault");
const { systemdRuns } = require("./machine");

/** @typedef {import("./progress").Progress} Progress */

/** `paas down --engine` ends the engine named here: one that set-up started, never another. */
const pidFile = "/run/paas/dockerd.pid";
const logFile = "/var/log/paas-dockerd.log";
const enginePidFile = "/var/run/docker.pid";
const containerdPidFile = "/var/run/docker/containerd/containerd.pid";
const startLimitMs = 60_000;

/**
 * Starts an engine where none answers. With systemd that is its business: only an engine that this run installed is started.
 * @param {string} host
 * @param {boolean} installedNow
 * @param {Progress} progress
 */
async function startEngine(host, installedNow, progress) {
  await progress.step("Starting the Docker Engine", async () => {
    if (systemdRuns()) return startByService(host, installedNow);
    if (isEngine(pidIn(enginePidFile))) return waitForEngine(host, () => false);
    // A pid file of before a reboot may name a living stranger: dockerd would refuse to start.
    rmSync(enginePidFile, { force: true });
    // dockerd would wait for a containerd that its kill -9 left as a zombie, or whose number is somebody else's by now.
    if (!isAlive(pidIn(containerdPidFile), "containerd")) rmSync(containerdPidFile, { force: true });
    return startDetached(host);
  });
}

/** @param {string} host @param {boolean} installedNow */
async function startByService(host, installedNow) {
  if (!installedNow)
    throw new SetupFault(
      "Docker is installed but does not answer. Start it and run this again:\n\n    systemctl start docker",
    );
  mkdirSync("/etc/docker", { recursive: true });
  if (!existsSync("/etc/docker/daemon.json"))
    writeFileSync("/etc/docker/daemon.json", '{ "live-restore": true }\n');
  const { exitCode, output } = await run("systemctl", ["start", "docker"]);
  if (exitCode !== 0)
    throw new SetupFault(`systemctl start docker ended with ${exitCode}:\n${lastLines(output)}`);
  await waitForEngine(host, () => false);
}

/** Outlives us: its own session, its output in a file. @param {string} host */
async function startDetached(host) {
  mkdirSync("/run/paas", { recursive: true, mode: 0o755 });
  const log = openSync(logFile, "a", 0o640);
  const child = spawn(which("dockerd") ?? "dockerd", ["--live-restore"], {
    cwd: "/",
    env: cleanEnv(),
    detached: true,
    stdio: ["ignore", log, log],
  });
  let ended = false;
  child.once("exit", () => {
    ended = true;
  });
  child.once("error", () => {
    ended = true;
  });
  writeWhole(pidFile, `${child.pid}\n`);
  child.unref();
  await waitForEngine(host, () => ended);
}

/**
 * An engine says nowhere but on its socket that it is ready, so it is asked until it is.
 * @param {string} host
 * @param {() => boolean} ended
 */
async function waitForEngine(host, ended) {
  const until = Date.now() + startLimitMs;
  while ((await pingEngine(host)) !== "answers") {
    if (ended() || Date.now() > until)
      throw new SetupFault(
        `The Docker Engine ${ended() ? "ended" : "did not answer"}. The end of ${logFile}:\n${logTail()}`,
      );
    await pause(50);
  }
}

const logTail = () =>
  existsSync(logFile) ? lastLines(readFileSync(logFile, "utf8").slice(-8_192), 8) : "(no log)";

/** npm's variables and a caller's secrets have no business in a daemon that outlives the call; proxies and paths do. */
function cleanEnv() {
  const kept =
    /^(PATH|HOME|LANG|LC_ALL|TMPDIR|DOCKER_RAMDISK|SSL_CERT_FILE|SSL_CERT_DIR|(https?|no)_proxy)$/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.test(name)));
  return { ...env, PATH: `${env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin` };
}

/** @param {string} file @returns {number} 0 when there is none */
const pidIn = (file) => (existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) || 0 : 0);

/** @param {number} pid */
const isEngine = (pid) => isAlive(pid, "dockerd");

/**
 * Whether a process of that name has the number and still runs: a zombie does not.
 * @param {number} pid
 * @param {string} name
 */
function isAlive(pid, name) {
  const file = `/proc/${pid}/stat`;
  if (pid <= 0 || !existsSync(file)) return false;
  const [, comm, state] = /^\d+ \((.*)\) (\S)/.exec(readFileSync(file, "utf8")) ?? [];
  return comm === name && state !== "Z";
}

/** @param {string} file @param {string} text */
function writeWhole(file, text) {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

module.exports = { startEngine, isAlive };
