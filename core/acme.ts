/** Where authorities ask for the answer to an HTTP-01 challenge (RFC 8555, 8.3). */
export const challengePath = (token: string): string => `/.well-known/acme-challenge/${token}`;

/**
 * The answer to an HTTP-01 challenge: the token and the thumbprint of the account's key. Which tokens are open nobody needs to know, for
 * only the holder of that key gains by the answer. Null for a path that asks no such thing.
 */
export function challengeAnswer(path: string, thumbprint: string): string | null {
  const [, token] = /^\/\.well-known\/acme-challenge\/([A-Za-z0-9_-]{1,256})$/.exec(path) ?? [];
  return token === undefined ? null : `${token}.${thumbprint}`;
}
