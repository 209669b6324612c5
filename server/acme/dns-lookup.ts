import { Resolver } from "node:dns/promises";
import type { DnsRecord } from "../../core/acme";
import { PaasError } from "../../core/error";

export interface DnsLookupOptions {
  /** DNS server to ask, `address:port`; null: the system's. */
  dnsServer: string | null;
  /** Where a zone's own servers answer: 53. */
  authorityPort: number;
  /** How long a record may take to show. */
  waitMs: number;
  now: () => number;
  /** Waits; rejects when the server ends. */
  pause: (ms: number) => Promise<void>;
}

/** One server's answer: the values of a TXT record, or the code of why there is none. */
interface Answer {
  server: string;
  values: string[] | null;
  fault: string;
}

const patienceMs = 2_500;
const pauseMs = 2_000;
const mostCanonical = 8;

/** What DNS knows of a record; of changes its zone's own servers know first, and nobody's cache stands between. */
export class DnsLookup {
  readonly #options: DnsLookupOptions;

  constructor(options: DnsLookupOptions) {
    this.#options = options;
  }

  /** Where a name really lies: `_acme-challenge` may be delegated to another zone by CNAME, which authorities follow. */
  async canonicalName(name: string): Promise<string> {
    const resolver = resolverAt(this.#options.dnsServer);
    let canonical = name;
    for (let links = 0; links < mostCanonical; links += 1) {
      const [next] = await resolver.resolveCname(canonical).catch(() => []);
      if (next === undefined) break;
      canonical = next.toLowerCase();
    }
    return canonical;
  }

  /** Resolves when every server of the zone that answers has the record; throws `timeout` with what is there instead. */
  async untilSeen(record: DnsRecord): Promise<void> {
    const { now, pause, waitMs } = this.#options;
    const until = now() + waitMs;
    const servers = await this.#authorities(record.name);
    for (;;) {
      const missing = await this.#missing(record, servers);
      if (missing === null) return;
      if (now() >= until)
        throw new PaasError(
          "timeout",
          `The DNS hook ran, but ${missing} after ${Math.round(waitMs / 1_000)} s: see what it does, or give it longer (PAAS_ACME_DNS_WAIT).`,
        );
      await pause(Math.min(pauseMs, Math.max(1, until - now())));
    }
  }

  /** What is in the way of a record; null: nothing. */
  async #missing({ name, value }: DnsRecord, servers: string[]): Promise<string | null> {
    const asked = await Promise.all(servers.map((server) => valuesAt(server, name)));
    const told = asked.filter(({ values }) => values !== null);
    const answers = told.length > 0 ? told : [await valuesAt(this.#options.dnsServer, name)];
    const lacking = answers.find(({ values }) => !values?.includes(value));
    if (!lacking) return null;
    const { server, values, fault } = lacking;
    if (values === null) return `DNS gives no answer for ${name} (${fault})`;
    const others = values.length > 0 ? `other values (${values.length})` : "no value";
    return `its TXT record ${name} has ${others} at ${server}`;
  }

  /** The servers of the zone that a name lies in, as `address:port`; none when they cannot be found. */
  async #authorities(name: string): Promise<string[]> {
    const { dnsServer, authorityPort } = this.#options;
    const resolver = resolverAt(dnsServer);
    const labels = name.split(".");
    for (let first = 0; first < labels.length - 1; first += 1) {
      const names = await resolver.resolveNs(labels.slice(first).join(".")).catch(() => []);
      if (names.length === 0) continue;
      const found = names.flatMap((server) => [
        resolver.resolve4(server).catch(() => []),
        resolver.resolve6(server).then(
          (addresses) => addresses.map((address) => `[${address}]`),
          () => [],
        ),
      ]);
      return (await Promise.all(found)).flat().map((address) => `${address}:${authorityPort}`);
    }
    return [];
  }
}

async function valuesAt(server: string | null, name: string): Promise<Answer> {
  const told = { server: server ?? "the system's DNS server", fault: "" };
  try {
    const records = await resolverAt(server).resolveTxt(name);
    return { ...told, values: records.map((parts) => parts.join("")) };
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const none = code === "ENOTFOUND" || code === "ENODATA";
    return { ...told, values: none ? [] : null, fault: code };
  }
}

function resolverAt(server: string | null): Resolver {
  const resolver = new Resolver({ timeout: patienceMs, tries: 2 });
  if (server !== null) resolver.setServers([server]);
  return resolver;
}
