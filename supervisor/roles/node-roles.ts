import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dataPaths } from "../../core/data-paths";
import type { Settings } from "../../core/settings";
import { HeldSockets } from "./held-sockets";
import { nodeRoleMark, roleValue, roleVariable } from "./marks";
import type { Role } from "./role";

/** What all Node.js roles share. */
export interface NodeRoleContext {
  settings: Settings;
  /** Holds `<role>/main.js`. */
  distDir: string;
  /** Handed on; roles read their settings from it as we did. */
  env: Record<string, string>;
}

/** Small heaps' young generations grow to 16 MB by default and are all that an idle role holds on to. */
const nodeOptions = ["--max-semi-space-size=2"];

/** The data plane: goes on without us, and is replaced by a newer build while it finishes its requests. */
export function routerRole(context: NodeRoleContext): Role {
  return {
    ...nodeRole("router", context),
    orphan: "goes-on",
    sockets: routerSockets(context.settings),
    replace: "overlapping",
    readyWithinMs: 20_000,
    stopWithinMs: 40_000,
  };
}

/** The port of https is nobody's as long as there are no certificates. */
function routerSockets({ bind: host, httpPort, httpsPort, dataDir }: Settings): HeldSockets {
  const { routerCertificates } = dataPaths(dataDir);
  const hasCertificates = () => existsSync(routerCertificates) && readdirSync(routerCertificates).length > 0;
  return new HeldSockets([
    { door: "http", host, port: httpPort, isWanted: () => true },
    { door: "https", host, port: httpsPort, isWanted: hasCertificates },
  ]);
}

/** The control plane: one at a time. */
export function serverRole(context: NodeRoleContext): Role {
  return { ...nodeRole("server", context), readyWithinMs: 120_000, stopWithinMs: 30_000 };
}

export function builderRole(context: NodeRoleContext): Role {
  return { ...nodeRole("builder", context), readyWithinMs: 60_000, stopWithinMs: 30_000 };
}

function nodeRole(
  name: string,
  { settings, distDir, env }: NodeRoleContext,
): Omit<Role, "readyWithinMs" | "stopWithinMs"> {
  return {
    name,
    command: process.execPath,
    argv: [...nodeOptions, join(distDir, name, "main.js")],
    env: { ...env, PAAS_DATA_DIR: settings.dataDir, [roleVariable]: roleValue(name, settings.dataDir) },
    cwd: settings.dataDir,
    mark: nodeRoleMark(name, settings.dataDir),
    fingerprint: fingerprint(distDir, name, settings),
    orphan: "ends",
    replace: "in-turn",
    ready: "ipc",
    stopSignal: "SIGTERM",
  };
}

/** Changes with the role's code, with what it shares, and with its settings. */
function fingerprint(distDir: string, name: string, settings: Settings): string {
  const hash = createHash("sha256");
  const rooms = ["core", name, ...(name === "builder" ? ["buildpacks"] : [])];
  for (const path of rooms.flatMap((room) => programFiles(join(distDir, room))))
    hash.update(`${path}\0`).update(readFileSync(path));
  const { domain, httpPort, httpsPort, apiPort, bind, addressPool, acme, redisUrl } = settings;
  const { routerWorkers, http2Streams, trustedProxies, proxyProtocol } = settings;
  hash.update(
    JSON.stringify([
      process.version,
      domain,
      httpPort,
      httpsPort,
      routerWorkers,
      http2Streams,
      trustedProxies,
      proxyProtocol,
      apiPort,
      bind,
      addressPool,
      acme,
      redisUrl?.reveal(),
    ]),
  );
  return hash.digest("hex").slice(0, 16);
}

function programFiles(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js"))
    .sort()
    .map((file) => join(dir, file));
}
