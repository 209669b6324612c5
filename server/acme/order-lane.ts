import { setTimeout as delay } from "node:timers/promises";
import type { ChallengeType } from "../../core/acme";
import { isPaasError, messageOf } from "../../core/error";
import type { Logger } from "../../core/logger";
import { orderRestMs, pointRestMs, renewalTime } from "../../core/renewal";
import type { AcmeOrder } from "../store/acme";
import type { Store } from "../store/store";
import type { AccountKey } from "./account-key";
import type { AcmeClient } from "./acme-client";
import { AcmeProblem } from "./acme-problem";
import { getCertificate } from "./get-certificate";
import type { Prover } from "./prover";

export interface OrderLaneWorld {
  store: Pick<Store, "acme">;
  prover: Prover;
  /** How a name is proven. */
  challengeFor: (hostname: string) => ChallengeType | null;
  /** The account's key, and a client that speaks for it. */
  account: () => Promise<{ key: AccountKey; client: () => Promise<AcmeClient> }>;
  /** Publishes the route table; resolves when every router has taken it, throws when one has not. */
  publish: () => Promise<void>;
  log: Logger;
  now: () => number;
  /** Ends with the server. */
  signal: AbortSignal;
}

/** An order is due from the moment the ledger has it, which our reading of the ledger's clock may not have reached. */
const slackMs = 1_000;
const sideBySide = 4;

/**
 * Serves the orders that one kind of challenge proves, apart from the others: a DNS hook may take minutes.
 *
 * INVARIANTS
 * - A name that fails delays no other, and keeps the certificate it has.
 * - What is done at the authority is in the ledger before the next step, so that a death costs at most the step under way.
 */
export class OrderLane {
  readonly #world: OrderLaneWorld;

  constructor(world: OrderLaneWorld) {
    this.#world = world;
  }

  /** One look at what is due. */
  async pass(): Promise<void> {
    const { store, prover, challengeFor, now, signal } = this.#world;
    await prover.sweep();
    const orders = await store.acme.orders();
    const due = orders.filter(
      ({ hostname, nextAt }) => challengeFor(hostname) === prover.type && nextAt.getTime() <= now() + slackMs,
    );
    const takers = Array.from({ length: Math.min(sideBySide, due.length) }, async () => {
      for (let order = due.shift(); order && !signal.aborted; order = due.shift()) await this.#serve(order);
    });
    await Promise.all(takers);
  }

  async #serve(order: AcmeOrder): Promise<void> {
    const { store, prover, log, now, publish, signal } = this.#world;
    const { hostname } = order;
    try {
      const { key, client } = await this.#world.account();
      const obstacle = await prover.obstacle(hostname, key.thumbprint);
      if (obstacle !== null) {
        await store.acme.failed(hostname, obstacle, new Date(now() + pointRestMs), order.failures);
        return;
      }
      await this.#get(order, await client(), key.thumbprint);
    } catch (error) {
      if (signal.aborted) return;
      await this.#failed(order, error);
      return;
    }
    // The ledger has it; a router that is late takes it with the next table.
    await publish().catch((error: unknown) =>
      log.warn({ hostname, err: messageOf(error) }, "a new certificate is not with every router yet"),
    );
  }

  async #get(order: AcmeOrder, client: AcmeClient, thumbprint: string): Promise<void> {
    const { store, prover, log, now, signal } = this.#world;
    const pause = (ms: number) => delay(ms, undefined, { signal });
    const got = await getCertificate({ client, acme: store.acme, prover, thumbprint, now, pause }, order);
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
}

/** Why, for people: what the authority or we ourselves say; of anything else only that it went wrong. */
function problemText(error: unknown): string {
  if (error instanceof AcmeProblem) return `The authority refuses: ${error.message}`;
  if (isPaasError(error)) return error.message;
  return "It failed for a reason that is in the server's log.";
}
