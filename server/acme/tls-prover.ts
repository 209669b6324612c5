import { challengeDigest } from "../../core/acme";
import { messageOf } from "../../core/error";
import type { Logger } from "../../core/logger";
import { addressless } from "./points-here";
import type { Prover } from "./prover";

export interface TlsProverOptions {
  dnsServer: string | null;
  /** Hostname -> digest, as the next table has them. Not in the ledger: after a death an order is presented anew. */
  challenges: Map<string, string>;
  /** Publishes the route table; resolves when every router has taken it, throws when one has not. */
  publish: () => Promise<void>;
  log: Logger;
}

/** TLS-ALPN-01, for machines that are reached on port 443 alone: routers make the certificate that the authority wants to see. */
export const tlsProver = ({ dnsServer, challenges, publish, log }: TlsProverOptions): Prover => ({
  type: "tls-alpn-01",
  obstacle: (hostname) => addressless(hostname, dnsServer),
  async present(hostname, token, thumbprint) {
    challenges.set(hostname, challengeDigest(token, thumbprint));
    const takeAway = async () => {
      challenges.delete(hostname);
      await publish().catch((error: unknown) =>
        log.warn({ hostname, err: messageOf(error) }, "a challenge stands on until the next route table"),
      );
    };
    try {
      await publish();
    } catch (error) {
      await takeAway();
      throw error;
    }
    return takeAway;
  },
  sweep: () => Promise.resolve(),
});
