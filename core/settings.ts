import type { z } from "zod";
import type { ChallengeType } from "./acme";
import { dataPaths } from "./data-paths";
import { Sensitive } from "./env";
import { invalid } from "./error";
import type { Limits } from "./formation";
import { rows } from "./setting-rows";

/** The platform's own settings, read once in each main.ts and passed on. */
export interface Settings {
  dataDir: string;
  domain: string;
  httpPort: number;
  httpsPort: number;
  /** Undefined: as many as suit the machine. */
  routerWorkers: number | undefined;
  http2Streams: number;
  apiPort: number;
  bind: string;
  /** Ranges as core/address-ranges.ts spells them. */
  trustedProxies: string[];
  /** Doors at which those begin with a PROXY head. */
  proxyProtocol: ("http" | "https")[];
  addressPool: string;
  /** 0: none. */
  ballastBytes: number;
  keptReleases: number;
  /** Undefined: as many as suit the machine. */
  buildsAtOnce: number | undefined;
  buildTimeoutMs: number;
  /** Of one build step; memory undefined: what suits the machine. */
  buildLimits: Omit<Limits, "memoryMb"> & { memoryMb: number | undefined };
  buildCgroup: string | undefined;
  appCgroup: string;
  buildCacheMb: number;
  diskFloorMb: number;
  buildpacksDir: string;
  /** Where automatic certificates come from. */
  acme: AcmeSettings;
  databaseUrl: Sensitive<string> | undefined;
  redisUrl: Sensitive<string> | undefined;
  /** Docker's endpoint, always set. */
  dockerHost: string;
  secretKey: Sensitive<string> | undefined;
}

export interface AcmeSettings {
  directoryUrl: string;
  email: string | null;
  caFile: string | null;
  dnsServer: string | null;
  /** How names are proven; wildcards by DNS. */
  challenge: ChallengeType;
  /** Adds and removes TXT records; null: wildcards get none. */
  dnsHook: string | null;
  dnsHookEnvironmentFile: string | null;
  /** For a run of it, and then for a record to show. */
  dnsWaitMs: number;
}

/** Who reads them: decides the default data directory. */
export interface SettingsReader {
  uid: number;
  home: string;
}

/** Reads the settings from an environment; throws one `invalid` naming every fault and never a secret's value. */
export function readSettings(env: Record<string, string | undefined>, reader: SettingsReader): Settings {
  const faults: string[] = [];
  const read = <N extends keyof typeof rows>(name: N): z.output<(typeof rows)[N]["schema"]> | undefined => {
    const raw = env[name];
    if (raw === undefined || raw === "") return undefined;
    const parsed = rows[name].schema.safeParse(raw);
    if (parsed.success) return parsed.data as z.output<(typeof rows)[N]["schema"]>;
    faults.push(`${name} ${parsed.error.issues[0]?.message ?? "is invalid"} (default: ${rows[name].shown})`);
    return undefined;
  };
  const secret = (value: string | undefined) => (value === undefined ? undefined : new Sensitive(value));
  const dataDir = read("PAAS_DATA_DIR") ?? (reader.uid === 0 ? "/var/lib/paas" : `${reader.home}/.paas`);
  const settings: Settings = {
    dataDir,
    domain: read("PAAS_DOMAIN") ?? "localhost",
    httpPort: read("PAAS_HTTP_PORT") ?? 8080,
    httpsPort: read("PAAS_HTTPS_PORT") ?? 8443,
    routerWorkers: read("PAAS_ROUTER_WORKERS"),
    http2Streams: read("PAAS_HTTP2_STREAMS") ?? 100,
    apiPort: read("PAAS_API_PORT") ?? 8081,
    bind: read("PAAS_BIND") ?? "127.0.0.1",
    trustedProxies: read("PAAS_TRUSTED_PROXIES") ?? [],
    proxyProtocol: read("PAAS_PROXY_PROTOCOL") ?? [],
    addressPool: read("PAAS_ADDRESS_POOL") ?? "10.213.0.0/16",
    ballastBytes: read("PAAS_BALLAST") ?? 2 ** 30,
    keptReleases: read("PAAS_KEEP_RELEASES") ?? 10,
    buildsAtOnce: read("PAAS_BUILDS_AT_ONCE"),
    buildTimeoutMs: read("PAAS_BUILD_TIMEOUT") ?? 30 * 60_000,
    buildLimits: {
      memoryMb: read("PAAS_BUILD_MEMORY"),
      cpus: read("PAAS_BUILD_CPUS") ?? 0,
      pids: read("PAAS_BUILD_PIDS") ?? 2048,
      diskMb: read("PAAS_BUILD_DISK") ?? 10_240,
    },
    buildCgroup: read("PAAS_BUILD_CGROUP"),
    appCgroup: read("PAAS_APP_CGROUP") ?? "paas",
    buildCacheMb: read("PAAS_BUILD_CACHE") ?? 20_480,
    diskFloorMb: read("PAAS_DISK_FLOOR") ?? 1024,
    buildpacksDir: read("PAAS_BUILDPACKS_DIR") ?? dataPaths(dataDir).buildpacks,
    acme: {
      directoryUrl: read("PAAS_ACME_DIRECTORY") ?? "https://acme-v02.api.letsencrypt.org/directory",
      email: read("PAAS_ACME_EMAIL") ?? null,
      caFile: read("PAAS_ACME_CA_FILE") ?? null,
      dnsServer: read("PAAS_ACME_DNS") ?? null,
      challenge: read("PAAS_ACME_CHALLENGE") ?? "http-01",
      dnsHook: read("PAAS_ACME_DNS_HOOK") ?? null,
      dnsHookEnvironmentFile: read("PAAS_ACME_DNS_HOOK_ENV") ?? null,
      dnsWaitMs: read("PAAS_ACME_DNS_WAIT") ?? 2 * 60_000,
    },
    databaseUrl: secret(read("DATABASE_URL")),
    redisUrl: secret(read("REDIS_URL")),
    dockerHost: read("DOCKER_HOST") ?? "unix:///var/run/docker.sock",
    secretKey: secret(read("PAAS_SECRET_KEY")),
  };
  faults.push(...samePorts(settings));
  if (settings.proxyProtocol.length > 0 && settings.trustedProxies.length === 0)
    faults.push("PAAS_PROXY_PROTOCOL needs PAAS_TRUSTED_PROXIES: it is spoken with those only");
  if (settings.acme.challenge === "dns-01" && settings.acme.dnsHook === null)
    faults.push(
      "PAAS_ACME_CHALLENGE dns-01 needs PAAS_ACME_DNS_HOOK: the program that adds and removes TXT records",
    );
  if (faults.length > 0)
    throw invalid(`Settings cannot be used:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  return settings;
}

function samePorts({ httpPort, httpsPort, apiPort }: Settings): string[] {
  const ports = [
    ["PAAS_HTTP_PORT", httpPort],
    ["PAAS_HTTPS_PORT", httpsPort],
    ["PAAS_API_PORT", apiPort],
  ] as const;
  return ports.flatMap(([name, port], index) =>
    ports
      .slice(index + 1)
      .filter(([, other]) => other === port)
      .map(([other]) => `${name} and ${other} are both ${port}: they must differ`),
  );
}
