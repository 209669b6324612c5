import type { ChallengeType } from "../../core/acme";
import { PaasError } from "../../core/error";
import type { Logger } from "../../core/logger";
import type { Store } from "../store/store";
import { AccountKey, newKey } from "./account-key";
import { AcmeClient } from "./acme-client";
import type { AcmeHttp } from "./acme-http";
import { type DnsSettings, openDnsProver } from "./dns-prover";
import { MinuteLoop } from "./minute-loop";
import { OrderLane } from "./order-lane";
import { httpProver, type Prover } from "./prover";
import { tlsProver } from "./tls-prover";
import { wantedHosts } from "./wanted-hosts";

export interface RenewalWorld {
  store: Pick<Store, "acme" | "acmeRecords" | "apps" | "certificates" | "domains" | "platformTls">;
  http: AcmeHttp;
  directoryUrl: string;
  email: string | null;
  dnsServer: string | null;
  /** How names are proven; wildcards by DNS. */
  challenge: ChallengeType;
  /** null: there is no hook, and wildcards get no certificate. */
  dns: DnsSettings | null;
  /** Of open TLS-ALPN-01 challenges, as tables have them. */
  tlsChallenges: Map<string, string>;
  platformDomain: string;
  /** Publishes the route table; resolves when every router has taken it, throws when one has not. */
  publish: () => Promise<void>;
  log: Logger;
  now: () => number;
}

interface Lane {
  orders: OrderLane;
  loop: MinuteLoop;
}

/** Gets automatic certificates and renews them: looks every minute, and when it is nudged, at what is due. */
export class Renewals {
  readonly #world: RenewalWorld;
  readonly #closing = new AbortController();
  readonly #lanes: Lane[];

  constructor(world: RenewalWorld) {
    this.#world = world;
    this.#lanes = this.#provers().map((prover) => this.#lane(prover));
  }

  /** How a name is proven here; null: it cannot be. Wildcards can be by DNS only (RFC 8555, 7.1.3). */
  challengeFor = (hostname: string): ChallengeType | null => {
    const { challenge, dns } = this.#world;
    if (hostname.startsWith("*.") || challenge === "dns-01") return dns && "dns-01";
    return challenge;
  };

  start(): void {
    for (const { loop } of this.#lanes) loop.start();
  }

  /** Something may be due now. */
  nudge(): void {
    for (const { loop } of this.#lanes) loop.nudge();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#lanes.map(({ loop }) => loop.close()));
  }

  /** Makes the account's key if there is none yet: routers answer challenges by its thumbprint. */
  async ensureKey(): Promise<void> {
    const { acme } = this.#world.store;
    const pem = newKey();
    await acme.ensureKey(pem, new AccountKey(pem).thumbprint);
  }

  /** Makes the orders be those of the hosts that want a certificate. */
  async want(): Promise<void> {
    const { store, platformDomain, now } = this.#world;
    const [apps, domains, certificates, platform] = await Promise.all([
      store.apps.list(),
      store.domains.all(),
      store.certificates.all(),
      store.platformTls.read(),
    ]);
    const asking = { platformDomain, challengeFor: this.challengeFor, nowMs: now() };
    await store.acme.want(wantedHosts({ apps, domains, certificates, platform }, asking));
  }

  /** One look: what is wanted, and what of it is due. */
  async pass(): Promise<void> {
    await Promise.all(this.#lanes.map(({ orders }) => this.#look(orders)));
  }

  async #look(orders: OrderLane): Promise<void> {
    await this.want();
    await this.#world.store.certificates.removeEnded();
    await orders.pass();
    // What came may serve names of others, too.
    await this.want();
  }

  #provers(): Prover[] {
    const { store, challenge, tlsChallenges, dns, dnsServer, publish, log, now } = this.#world;
    const { signal } = this.#closing;
    const provers: Prover[] = [];
    if (challenge === "http-01") provers.push(httpProver({ dnsServer, publish }));
    if (challenge === "tls-alpn-01")
      provers.push(tlsProver({ dnsServer, challenges: tlsChallenges, publish, log }));
    if (dns) provers.push(openDnsProver(dns, { records: store.acmeRecords, dnsServer, log, now, signal }));
    return provers;
  }

  #lane(prover: Prover): Lane {
    const { store, publish, log, now } = this.#world;
    const { signal } = this.#closing;
    const account = () => this.#account();
    const orders = new OrderLane({
      store,
      prover,
      challengeFor: this.challengeFor,
      account,
      publish,
      log,
      now,
      signal,
    });
    return { orders, loop: new MinuteLoop(() => this.#look(orders), log) };
  }

  async #account(): Promise<{ key: AccountKey; client: () => Promise<AcmeClient> }> {
    await this.ensureKey();
    const pem = await this.#world.store.acme.key();
    if (pem === null) throw new PaasError("internal", "The account's key is gone.");
    const key = new AccountKey(pem);
    return { key, client: () => this.#client(key) };
  }

  /** A client with its account, which is made or found at its first use. */
  async #client(key: AccountKey): Promise<AcmeClient> {
    const { store, http, directoryUrl, email, now } = this.#world;
    const client = new AcmeClient({ http, directoryUrl, key, now });
    const known = await store.acme.account(directoryUrl);
    if (known === null) await store.acme.keepAccount(directoryUrl, await client.register(email));
    else client.useAccount(known);
    return client;
  }
}
