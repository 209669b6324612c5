import { setTimeout as delay } from "node:timers/promises";
import { challengeRecord, type DnsRecord } from "../../core/acme";
import { isPaasError, messageOf } from "../../core/error";
import type { Logger } from "../../core/logger";
import { orderRestMs } from "../../core/renewal";
import type { AcmeRecords } from "../store/acme-records";
import { DnsHook } from "./dns-hook";
import { DnsLookup } from "./dns-lookup";
import type { Prover } from "./prover";

/** What the operator says of DNS. */
export interface DnsSettings {
  hook: string;
  hookEnvironmentFile: string | null;
  /** For a run of the hook, and then for a record to show. */
  waitMs: number;
  /** Where a zone's own servers answer. */
  authorityPort: number;
}

export interface DnsProverOptions {
  hook: DnsHook;
  lookup: DnsLookup;
  records: Pick<AcmeRecords, "keep" | "forget" | "failed" | "due">;
  log: Logger;
  now: () => number;
  /** Ends when the server does: what stands then is taken away by the next one. */
  signal: AbortSignal;
}

/**
 * DNS-01 by the operator's hook.
 *
 * INVARIANT: the ledger has a record before the hook is told to add it, and until the hook has removed it.
 */
export class DnsProver implements Prover {
  readonly type = "dns-01";
  readonly #options: DnsProverOptions;

  constructor(options: DnsProverOptions) {
    this.#options = options;
  }

  /** A name that leads elsewhere can be proven all the same; a hook that cannot be run proves none. */
  obstacle(): Promise<string | null> {
    return this.#options.hook.obstacle();
  }

  async present(hostname: string, token: string, thumbprint: string): Promise<() => Promise<void>> {
    const { hook, lookup, records } = this.#options;
    const wanted = challengeRecord(hostname, token, thumbprint);
    const record = { ...wanted, name: await lookup.canonicalName(wanted.name) };
    await records.keep(record);
    try {
      await hook.run("present", record);
      await lookup.untilSeen(record);
    } catch (error) {
      await this.#remove(record, 0);
      throw error;
    }
    return () => this.#remove(record, 0);
  }

  /** Removes what a server that died, or a hook that failed, left behind. */
  async sweep(): Promise<void> {
    const { records, now } = this.#options;
    for (const { failures, ...record } of await records.due(now())) await this.#remove(record, failures);
  }

  /** A record that stays does no harm to its certificate: it is told, and tried again later. */
  async #remove(record: DnsRecord, failures: number): Promise<void> {
    const { hook, records, log, now, signal } = this.#options;
    if (signal.aborted) return;
    try {
      await hook.run("cleanup", record);
      await records.forget(record);
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ record: record.name, err: messageOf(error) }, "a TXT record was not removed");
      const problem = isPaasError(error) ? error.message : "See the server's log.";
      await records.failed(record, problem, new Date(now() + orderRestMs(failures + 1, null)));
    }
  }
}

/** The prover of a platform that has a hook; `signal` ends with the server. */
export function openDnsProver(
  { hook, hookEnvironmentFile, waitMs, authorityPort }: DnsSettings,
  parts: Pick<DnsProverOptions, "records" | "log" | "now" | "signal"> & { dnsServer: string | null },
): DnsProver {
  const { dnsServer, log, now, signal } = parts;
  const pause = (ms: number) => delay(ms, undefined, { signal });
  return new DnsProver({
    ...parts,
    hook: new DnsHook({ program: hook, environmentFile: hookEnvironmentFile, limitMs: waitMs, log, signal }),
    lookup: new DnsLookup({ dnsServer, authorityPort, waitMs, now, pause }),
  });
}
