import { createHash } from "node:crypto";

/**
 * How an authority is shown that a name is ours: by http on port 80, by a handshake on port 443, or by a TXT record (RFC 8555, 8.3; RFC 8737;
 * RFC 8555, 8.4).
 */
export const challengeTypes = ["http-01", "tls-alpn-01", "dns-01"] as const;
export type ChallengeType = (typeof challengeTypes)[number];

/** The protocol that an authority asks for by ALPN, and nobody else (RFC 8737, 4). */
export const challengeProtocol = "acme-tls/1";

/** Where authorities ask for the answer to an HTTP-01 challenge (RFC 8555, 8.3). */
export const challengePath = (token: string): string => `/.well-known/acme-challenge/${token}`;

/**
 * The answer to an HTTP-01 challenge: the token and the thumbprint of the account's key. Which tokens are open nobody needs to know, for
 * only the holder of that key gains by the answer. Null for a path that asks no such thing.
 */
export function challengeAnswer(path: string, thumbprint: string): string | null {
  const [, token] = /^\/\.well-known\/acme-challenge\/([A-Za-z0-9_-]{1,256})$/.exec(path) ?? [];
  return token === undefined ? null : keyAuthorization(token, thumbprint);
}

/** A TXT record, its name without the dot at the end. */
export interface DnsRecord {
  name: string;
  value: string;
}

/** What proves an account in DNS and in a TLS-ALPN-01 certificate, base64url. */
export const challengeDigest = (token: string, thumbprint: string): string =>
  createHash("sha256").update(keyAuthorization(token, thumbprint)).digest("base64url");

/** The record that answers a DNS-01 challenge (RFC 8555, 8.4). */
export function challengeRecord(hostname: string, token: string, thumbprint: string): DnsRecord {
  const value = challengeDigest(token, thumbprint);
  return { name: `_acme-challenge.${hostname.replace(/^\*\./, "")}`, value };
}

const keyAuthorization = (token: string, thumbprint: string): string => `${token}.${thumbprint}`;
