import { setTimeout as delay } from "node:timers/promises";
import { isPaasError, messageOf, PaasError } from "../../core/error";
import type { Logger } from "../../core/logger";
import { orderRestMs, pointRestMs, renewalTime } from "../../core/renewal";
import type { AcmeOrder } from "../store/acme";
import type { Store } from "../store/store";
import { AccountKey, newKey } from "./account-key";
import { AcmeClient } from "./acme-client";
import type { AcmeHttp } from "./acme-http";
import { AcmeProblem } from "./acme-problem";
import { getCertificate } from "./get-certificate";
import { inTheWay } from "./points-here";
import { wantedHosts } from "./wanted-hosts";

export interface RenewalWorld {
  store: Pick<Store, "acme" | "apps" | "certificates" | "domains">;
  http: AcmeHttp;
  directoryUrl: string;
  email: string | null;
  dnsServer: string | null;
  platformDomain: string;
  /** Publishes the route table; resolves when every router has taken it, throws when one has not. */
  publish: () => Promise<void>;
  log: Logger;
  now: () => number;
}

const minuteMs = 60_000;
/** An order is due from the moment the ledger has it, which our reading of the ledger's clock may not have reached. */
const slackMs = 1_000;
const sideBySide = 4;
/** Where authorities ask (RFC 8555, 8.3). */
const challengePort = 80;

/**
 * Gets automatic certificates and renews them: looks every minute, and when it is nudged, at what is due.
 *
 * INVARIANTS
 * - A name that fails delays no other, and keeps the certificate it has.
 * - What is done at the authority is in the ledger before the next step, so that a death costs at most the step under way.
 */
export class Renewals {
  readonly #world: RenewalWorld;
  readonly #closing = new AbortController();
  #looping: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  #nudged = false;

  constructor(world: RenewalWorld) {
    this.#world = world;
  }

  start(): void {
    this.#looping = this.#loop();
  }

  /** Something may be due now. */
  nudge(): void {
    this.#nudged = true;
    this.#wake();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#wake();
    await this.#looping;
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
    const [apps, domains, certificates] = await Promise.all([
      store.apps.list(),
      store.domains.all(),
      store.certificates.all(),
    ]);
    await store.acme.want(wantedHosts(apps, domains, certificates, platformDomain, now()));
  }

  /** One look: what is wanted, and what of it is due. */
  async pass(): Promise<void> {
    const { store, now } = this.#world;
    await this.want();
    await store.certificates.removeEnded();
    const due = (await store.acme.orders(null)).filter(({ nextAt }) => nextAt.getTime() <= now() + slackMs);
    if (due.length === 0) return;
    const takers = Array.from({ length: sideBySide }, async () => {
      for (let order = due.shift(); order && !this.#closing.signal.aborted; order = due.shift())
        await this.#serve(order);
    });
    await Promise.all(takers);
  }

  async #serve(order: AcmeOrder): Promise<void> {
    const { store, log, now, publish } = this.#world;
    const { hostname } = order;
    try {
      const key = await this.#key();
      const obstacle = await inTheWay(hostname, {
        dnsServer: this.#world.dnsServer,
        port: challengePort,
        thumbprint: key.thumbprint,
      });
      if (obstacle !== null) {
        await store.acme.failed(hostname, obstacle, new Date(now() + pointRestMs), order.failures);
        return;
      }
      await this.#get(order, key);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      await this.#failed(order, error);
      return;
    }
    // The ledger has it; a router that is late takes it with the next table.
    await publish().catch((error: unknown) =>
      log.warn({ hostname, err: messageOf(error) }, "a new certificate is not with every router yet"),
    );
  }

  async #get(order: AcmeOrder, key: AccountKey): Promise<void> {
    const { store, log, now, publish } = this.#world;
    const getting = {
      client: await this.#client(key),
      acme: store.acme,
      answersStand: publish,
      now,
      pause: (ms: number) => delay(ms, undefined, { signal: this.#closing.signal }),
    };
    const got = await getCertificate(getting, order);
    await store.acme.succeeded(order, got, new Date(renewalTime(got.facts)));
    log.info({ hostname: order.hostname, until: got.facts.notAfter }, "got a certificate");
  }

  async #failed({ hostname, failures }: AcmeOrder, error: unknown): Promise<void> {
    const { store, log, now } = this.#world;
    const [count, problem] = [failures + 1, problemText(error)];
    const restMs = orderRestMs(count, error instanceof AcmeProblem ? error.retryAfterMs : null);
    log.warn({ hostname, failures: count, err: messageOf(error) }, "no certificate could be got");
    await store.acme.failed(hostname, problem, new Date(now() + restMs), count);
  }

  async #key(): Promise<AccountKey> {
    await this.ensureKey();
    const pem = await this.#world.store.acme.key();
    if (pem === null) throw new PaasError("internal", "The account's key is gone.");
    return new AccountKey(pem);
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

  async #loop(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      this.#nudged = false;
      try {
        await this.pass();
      } catch (error) {
        this.#world.log.warn(
          { err: messageOf(error) },
          "certificates could not be looked after; trying again",
        );
      }
      await this.#rest();
    }
  }

  /** Until the next minute, or a nudge; one that came during the last look counts. */
  async #rest(): Promise<void> {
    if (this.#nudged || this.#closing.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, minuteMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Why, for people: what the authority or we ourselves say; of anything else only that it went wrong. */
function problemText(error: unknown): string {
  if (error instanceof AcmeProblem) return `The authority refuses: ${error.message}`;
  if (isPaasError(error)) return error.message;
  return "It failed for a reason that is in the server's log.";
}
