import type { ChallengeType } from "../../core/acme";
import { inTheWay } from "./points-here";

/** Shows an authority, in one way, that a name is ours. */
export interface Prover {
  type: ChallengeType;
  /** What is in the way before the authority needs to be asked, for people; null: nothing. */
  obstacle(hostname: string, thumbprint: string): Promise<string | null>;
  /**
   * Makes the answer to a challenge stand where the authority will look. Resolves, when it does, with what takes it away again once the
   * authority has judged; throws when it cannot, and then leaves nothing behind.
   */
  present(hostname: string, token: string, thumbprint: string): Promise<() => Promise<void>>;
  /** Takes away what is left of earlier orders; none is under way. */
  sweep(): Promise<void>;
}

export interface HttpProverOptions {
  dnsServer: string | null;
  /** Publishes the route table; resolves when every router has taken it, throws when one has not. */
  publish: () => Promise<void>;
}

/** Where authorities ask (RFC 8555, 8.3). */
const challengePort = 80;

/** HTTP-01. Routers answer every token by the thumbprint in their table, so there is nothing to take away. */
export const httpProver = ({ dnsServer, publish }: HttpProverOptions): Prover => ({
  type: "http-01",
  obstacle: (hostname, thumbprint) => inTheWay(hostname, { dnsServer, port: challengePort, thumbprint }),
  async present() {
    await publish();
    return () => Promise.resolve();
  },
  sweep: () => Promise.resolve(),
});
