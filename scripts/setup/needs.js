/**
 * What the machine is and has.
 * @typedef {object} Machine
 * @property {"answers" | "forbidden" | "silent"} engine
 * @property {boolean} engineChosen  DOCKER_HOST names an engine, so set-up neither installs nor starts one
 * @property {boolean} apparmor  the kernel confines processes with AppArmor
 * @property {boolean} caBundle  /etc/ssl/certs/ca-certificates.crt is there
 * @property {boolean} ownRedis  REDIS_URL names a Redis
 * @property {string[]} programs  those of `programs` that can be run
 */

/** Programs that set-up looks for. */
const programs = ["dockerd", "docker-init", "iptables", "apparmor_parser", "redis-server", "mmdebstrap"];

/**
 * One row a Debian package: when it is missing, and the services it would start.
 * @type {{ name: string, services: string[], missing: (machine: Machine, has: (program: string) => boolean) => boolean }[]}
 */
const packages = [
  {
    name: "docker.io",
    services: ["docker", "containerd"],
    missing: (machine, has) => wantsEngine(machine) && !has("dockerd"),
  },
  { name: "iptables", services: [], missing: (machine, has) => wantsEngine(machine) && !has("iptables") },
  // Without its parser an engine on an AppArmor kernel starts no container at all.
  {
    name: "apparmor",
    services: ["apparmor"],
    missing: (machine, has) => wantsEngine(machine) && machine.apparmor && !has("apparmor_parser"),
  },
  // docker-init, which Debian's engine takes from tini, a mere recommendation of docker.io. Other engines bring their own elsewhere.
  {
    name: "tini",
    services: [],
    missing: (machine, has) =>
      !has("docker-init") && (wantsEngine(machine) || (!machine.engineChosen && has("dockerd"))),
  },
  {
    name: "redis-server",
    services: ["redis-server"],
    missing: (machine, has) => !machine.ownRedis && !has("redis-server"),
  },
  { name: "mmdebstrap", services: [], missing: (_machine, has) => !has("mmdebstrap") },
  { name: "ca-certificates", services: [], missing: (machine) => !machine.caBundle },
];

/** @param {Machine} machine */
const wantsEngine = (machine) => machine.engine === "silent" && !machine.engineChosen;

/**
 * What to install, and which services that would start.
 * @param {Machine} machine
 * @returns {{ packages: string[], services: string[] }}
 */
function missingPackages(machine) {
  const has = (/** @type {string} */ program) => machine.programs.includes(program);
  const missing = packages.filter((each) => each.missing(machine, has));
  return { packages: missing.map((each) => each.name), services: missing.flatMap((each) => each.services) };
}

module.exports = { programs, missingPackages };
