const { request } = require("node:http");

const defaultHost = "unix:///var/run/docker.sock";

/** @typedef {"answers" | "forbidden" | "silent"} EngineState */

/**
 * Where the Docker Engine is looked for.
 * @param {Record<string, string | undefined>} env
 * @returns {{ host: string, chosen: boolean }} chosen: a person named it, so it is theirs to start
 */
function engineAddress(env) {
  const host = env.DOCKER_HOST;
  return host && host !== defaultHost ? { host, chosen: true } : { host: defaultHost, chosen: false };
}

/**
 * Asks an engine whether it is there. `forbidden`: its socket refuses this user.
 * @param {string} host as in DOCKER_HOST
 * @param {number} [timeoutMs]
 * @returns {Promise<EngineState>}
 */
function pingEngine(host, timeoutMs = 3_000) {
  return new Promise((resolve) => {
    const asked = request({ ...socketOf(host), path: "/_ping", timeout: timeoutMs }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? "answers" : "silent");
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", (/** @type {NodeJS.ErrnoException} */ error) =>
      resolve(error.code === "EACCES" ? "forbidden" : "silent"),
    );
    asked.on("close", () => resolve("silent"));
    asked.end();
  });
}

/** @param {string} host */
function socketOf(host) {
  if (host.startsWith("unix://")) return { socketPath: host.slice("unix://".length) };
  const url = new URL(host.replace(/^tcp:/, "http:"));
  return { host: url.hostname, port: url.port || "2375" };
}

module.exports = { engineAddress, pingEngine };
