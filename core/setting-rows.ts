import { z } from "zod";
import { challengeTypes } from "./acme";
import { readAddressRanges } from "./address-ranges";
import {
  cgroupPath,
  directory,
  duration,
  limitWord,
  port,
  range,
  wholeNumber,
  words,
} from "./setting-schemas";

/** One row a setting: `docs/configuration.md` and the parser come from this table. */
export const rows = {
  PAAS_DATA_DIR: {
    shown: "`/var/lib/paas` for root, else `~/.paas`",
    about: "Where everything durable lives: databases, repositories, logs, keys.",
    schema: directory,
  },
  PAAS_DOMAIN: {
    shown: "`localhost`",
    about: "Apps answer at `<app>.<domain>`, the platform itself at `paas.<domain>`.",
    schema: z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "must be a lower-case hostname"),
  },
  PAAS_HTTP_PORT: { shown: "`8080`", about: "Port of the router.", schema: port },
  PAAS_HTTPS_PORT: {
    shown: "`8443`",
    about: "Port of the router for https; opened with the first certificate.",
    schema: port,
  },
  PAAS_ROUTER_WORKERS: {
    shown: "one a CPU core, at most 8",
    about: "Processes that serve requests; `1`: the router itself does.",
    schema: wholeNumber(1, 64),
  },
  PAAS_HTTP2_STREAMS: {
    shown: "`100`",
    about:
      "Requests that a client may have under way over one HTTP/2 connection; each may cost the router 128 KiB. More suits gRPC clients that keep many streams open.",
    schema: wholeNumber(1, 10_000),
  },
  PAAS_API_PORT: { shown: "`8081`", about: "Port of the API and the git receiver.", schema: port },
  PAAS_BIND: {
    shown: "`127.0.0.1`",
    about: "Address the router and the API listen on. Apps and builds cannot reach the API whatever it is.",
    schema: z.union([z.ipv4(), z.ipv6()], "must be an IP address"),
  },
  PAAS_TRUSTED_PROXIES: {
    shown: "none",
    about:
      "Addresses and ranges, such as `10.0.0.0/8,2001:db8::/32`, whose X-Forwarded-For, -Proto, -Port, -Host, X-Request-Id and X-Request-Start count.",
    schema: words(readAddressRanges),
  },
  PAAS_PROXY_PROTOCOL: {
    shown: "none",
    about:
      "Doors (`http`, `https`, or both with a comma) at which the trusted proxies begin each connection with the PROXY protocol, version 1 or 2.",
    schema: z
      .string()
      .regex(/^(http|https|http,https|https,http)$/, "must be http, https or http,https")
      .transform((text) => text.split(",") as ("http" | "https")[]),
  },
  PAAS_ADDRESS_POOL: {
    shown: "`10.213.0.0/16`",
    about:
      "IPv4 range that app networks come from, a /26 an app; ranges already used on the host are skipped.",
    schema: range,
  },
  PAAS_BALLAST: {
    shown: "`1g`",
    about:
      "Disk kept for the databases in the data directory, such as `512m` or `2g`; `0`: none. They get it when less than an eighth of it is free.",
    schema: z
      .string()
      .regex(/^(0|[1-9]\d{0,4}[mg])$/, "must be a size such as 512m or 2g, or 0")
      .transform((text) => Number.parseInt(text, 10) * (text.endsWith("g") ? 2 ** 30 : 2 ** 20)),
  },
  PAAS_KEEP_RELEASES: {
    shown: "`10`",
    about: "To how many releases of an app a rollback is possible: older images are removed.",
    schema: wholeNumber(1, 9999),
  },
  PAAS_BUILDS_AT_ONCE: {
    shown: "one a CPU core, at most 4",
    about: "How many builds run at once; others wait in line. Of one app there is one at a time.",
    schema: wholeNumber(1, 99),
  },
  PAAS_BUILD_TIMEOUT: {
    shown: "`30m`",
    about: "How long a build may take, such as `90s`, `30m` or `2h`.",
    schema: duration(24),
  },
  PAAS_BUILD_MEMORY: {
    shown: "half of the machine's, at most `4g`",
    about: "Memory of one build step, such as `512m` or `2g`.",
    schema: limitWord("memory"),
  },
  PAAS_BUILD_CPUS: {
    shown: "`0`: no limit, but behind apps",
    about:
      "CPUs of one build step, such as `1.5`. When there is not enough for all, apps come before builds anyway.",
    schema: limitWord("cpu"),
  },
  PAAS_BUILD_PIDS: { shown: "`2048`", about: "Processes of one build step.", schema: limitWord("pids") },
  PAAS_BUILD_DISK: {
    shown: "`10g`",
    about: "What one build may write, in all its steps and caches; looked at four times a second.",
    schema: limitWord("disk"),
  },
  PAAS_BUILD_CGROUP: {
    shown: "`docker/buildkit`; with systemd's driver `system.slice`",
    about:
      "Control group of the engine's build steps, for an engine that was given a `--cgroup-parent` (then `<parent>/buildkit`).",
    schema: cgroupPath,
  },
  PAAS_APP_CGROUP: {
    shown: "`paas`; with systemd's driver the engine's own",
    about:
      "Control group of all apps' containers, beside the engine's, so that builds do not use up what apps should get. Other containers than apps' stay where they are.",
    schema: cgroupPath,
  },
  PAAS_BUILD_CACHE: {
    shown: "`20g`",
    about:
      "Size of the engine's build cache, which all platforms on it share: beyond it the least used goes.",
    schema: limitWord("disk"),
  },
  PAAS_DISK_FLOOR: {
    shown: "`1g`",
    about:
      "What stays free on the engine's disk: a build that could take it is refused, one that takes it is ended.",
    schema: limitWord("disk"),
  },
  PAAS_BUILDPACKS_DIR: {
    shown: "`buildpacks` in the data directory",
    about: "Where the machine has buildpacks that apps may name by `file:` addresses; only what is below it.",
    schema: directory,
  },
  PAAS_ACME_DIRECTORY: {
    shown: "Let's Encrypt",
    about: "Directory of the ACME authority that automatic certificates come from.",
    schema: z.url({ protocol: /^https$/, error: "must be an https:// URL" }),
  },
  PAAS_ACME_EMAIL: {
    shown: "none",
    about: "Address that the authority may write to.",
    schema: z.email("must be an e-mail address"),
  },
  PAAS_ACME_CA_FILE: {
    shown: "none",
    about: "PEM file with the root of an authority of your own, beside the roots that Node.js knows.",
    schema: directory,
  },
  PAAS_ACME_DNS: {
    shown: "the system's",
    about: "DNS server (`address:port`) that is asked whether a domain leads here.",
    schema: z.string().regex(/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\])(:\d{1,5})?$/i, "must be address:port"),
  },
  PAAS_ACME_CHALLENGE: {
    shown: "`http-01`",
    about:
      "How names are proven: `http-01` (port 80), `tls-alpn-01` (port 443 alone) or `dns-01` (by the hook); wildcards by the hook anyway.",
    schema: z.enum(challengeTypes, `must be one of ${challengeTypes.join(", ")}`),
  },
  PAAS_ACME_DNS_HOOK: {
    shown: "none: no automatic certificates for wildcards",
    about: "Program that adds and removes TXT records, called like one of lego's `exec` provider.",
    schema: directory,
  },
  PAAS_ACME_DNS_HOOK_ENV: {
    shown: "none",
    about:
      "File (0600) with a `NAME=value` in each line: the environment of that program, such as its API token.",
    schema: directory,
  },
  PAAS_ACME_DNS_WAIT: {
    shown: "`2m`",
    about:
      "How long that program may run, and then how long a record may take to show at its zone's servers.",
    schema: duration(1),
  },
  DATABASE_URL: {
    shown: "embedded PostgreSQL",
    about: "PostgreSQL to use instead of the embedded one.",
    schema: z.string().regex(/^postgres(ql)?:\/\//, "must start with postgres://"),
  },
  REDIS_URL: {
    shown: "embedded Redis",
    about: "Redis to use instead of the embedded one.",
    schema: z.string().regex(/^(rediss?|unix):\/\//, "must start with redis://, rediss:// or unix://"),
  },
  DOCKER_HOST: {
    shown: "`unix:///var/run/docker.sock`",
    about: "The Docker Engine to run apps and builds on.",
    schema: z.string().regex(/^(unix|tcp|http|https):\/\//, "must start with unix:// or tcp://"),
  },
  PAAS_SECRET_KEY: {
    shown: "made once, `<data>/secret.key`, 0600",
    about:
      "32 bytes as 64 hex digits; encrypts config and private keys at rest. Whoever loses it loses all of them.",
    schema: z.string().regex(/^[0-9a-fA-F]{64}$/, "must be 64 hex digits (openssl rand -hex 32)"),
  },
} as const;

/** What the docs tell of a setting. */
export interface SettingRow {
  name: string;
  /** The default as the docs show it. */
  shown: string;
  about: string;
}

export const settingRows: SettingRow[] = Object.entries(rows).map(([name, row]) => ({
  name,
  shown: row.shown,
  about: row.about,
}));
