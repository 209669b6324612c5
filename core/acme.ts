import { createHash } from "node:crypto";

/** How an authority is shown that a name is ours (RFC 8555, 8.3 and 8.4): by http on port 80, or by a TXT record. */
export type ChallengeType = "http-01" | "dns-01";

/** Wildcards can be proven by DNS only (RFC 8555, 7.1.3). */
export const challengeFor = (hostname: string): ChallengeType =>
  hostname.startsWith("*.") ? "dns-01" : "http-01";

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

/** The record that answers a DNS-01 challenge (RFC 8555, 8.4). */
export function challengeRecord(hostname: string, token: string, thumbprint: string): DnsRecord {
  const value = createHash("sha256").update(keyAuthorization(token, thumbprint)).digest("base64url");
  return { name: `_acme-challenge.${hostname.replace(/^\*\./, "")}`, value };
}

const keyAuthorization = (token: string, thumbprint: string): string => `${token}.${thumbprint}`;
