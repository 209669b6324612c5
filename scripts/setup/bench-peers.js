const { which } = require("./command");
const { installPackages, keepFromBooting } = require("./debian");
const { withLock } = require("./lock");

/** Debian packages of the proxies that the router's bench measures beside ours, and of what loads them. */
const peers = [
  { name: "nginx-light", program: "nginx", services: ["nginx"] },
  { name: "haproxy", program: "haproxy", services: ["haproxy"] },
  { name: "caddy", program: "caddy", services: ["caddy"] },
  { name: "wrk", program: "wrk", services: [] },
  { name: "nghttp2-client", program: "h2load", services: [] },
];

/**
 * Installs what the router's bench needs; none of it is started, now or with the machine.
 * @param {import("./progress").Progress} progress
 */
async function installBenchPeers(progress) {
  const missing = peers.filter((peer) => !which(peer.program));
  if (missing.length === 0) return;
  const services = missing.flatMap((peer) => peer.services);
  await withLock("/run/paas/setup.lock", progress, async () => {
    await installPackages(
      missing.map((peer) => peer.name),
      services,
      progress,
    );
    await keepFromBooting(services);
  });
}

module.exports = { installBenchPeers };
