const { existsSync, readFileSync } = require("node:fs");
const { which } = require("./command");
const { engineAddress, pingEngine } = require("./engine-address");
const { programs } = require("./needs");

/**
 * Looks at the machine.
 * @param {Record<string, string | undefined>} env
 * @returns {Promise<import("./needs").Machine>}
 */
async function lookAtMachine(env) {
  const { host, chosen } = engineAddress(env);
  return {
    engine: await pingEngine(host),
    engineChosen: chosen,
    apparmor: readIfThere("/sys/module/apparmor/parameters/enabled").startsWith("Y"),
    caBundle: existsSync("/etc/ssl/certs/ca-certificates.crt"),
    ownRedis: Boolean(env.REDIS_URL),
    programs: programs.filter((program) => which(program) !== null),
  };
}

/** @param {string} file */
const readIfThere = (file) => (existsSync(file) ? readFileSync(file, "utf8") : "");

/** Whether systemd runs this machine's services. */
const systemdRuns = () => existsSync("/run/systemd/system");

module.exports = { lookAtMachine, systemdRuns };
