import type { SecureContext, TLSSocket } from "node:tls";
import { challengeProtocol } from "../../core/acme";
import type { Certificates } from "./certificates";

/** What clients may speak, the best first. */
const protocols = ["h2", "http/1.1"];

interface Hello {
  servername: string;
  protocols: string[];
}

type Served = Pick<Certificates, "contextFor" | "isChallenged" | "proofFor">;

/**
 * What a handshake is answered with: a protocol (ALPN), then a certificate for the name (SNI).
 *
 * With TLS 1.3 Node.js asks for the protocol first, so an authority that asks for the proof of a name (RFC 8737) is known when its certificate is
 * chosen, and everybody else goes on getting the name's own. With TLS 1.2 it is the other way round; there an authority gets no proof.
 */
export function handshakeAnswers(certificates: Served) {
  const proving = new WeakSet<TLSSocket>();
  return {
    ALPNCallback(this: TLSSocket, hello: Hello): string | undefined {
      if (hello.protocols.includes(challengeProtocol)) {
        if (!certificates.isChallenged(hello.servername.toLowerCase())) return undefined;
        proving.add(this);
        return challengeProtocol;
      }
      return protocols.find((protocol) => hello.protocols.includes(protocol));
    },
    /** Without a context the handshake fails: the client asked for a name that has no certificate. */
    SNICallback(
      this: TLSSocket,
      hostname: string,
      done: (error: Error | null, context?: SecureContext) => void,
    ): void {
      const name = hostname.toLowerCase();
      done(null, proving.has(this) ? certificates.proofFor(name, Date.now()) : certificates.contextFor(name));
    },
  };
}
