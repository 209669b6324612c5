import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext, rootCertificates } from "node:tls";
import { Sensitive } from "./env";
import { invalid, messageOf, type PaasError } from "./error";

/** What a router needs to serve a certificate, both PEM. */
export interface CertificatePair {
  /** The host's own certificate first, each followed by its issuer's. */
  chain: string;
  key: string;
}

/** What people may know of a certificate. */
export interface CertificateFacts {
  /** DNS names it stands for, wildcards included; lower case. */
  hostnames: string[];
  issuer: string;
  notBefore: Date;
  notAfter: Date;
  /** SHA-256 of the certificate, hex. */
  fingerprint: string;
  /** e.g. `RSA 2048`, `EC prime256v1`. */
  keyType: string;
  /** Whether an authority that Node.js knows stands at the end of its chain. */
  trusted: boolean;
}

/** The purpose of the key (core/sealed.ts) under which pairs lie in the ledger, in Redis and on the router's disk. */
export const certificateKeyPurpose = "certificates";

const maxBytes = 64 * 1024;
const maxChain = 10;
const serverAuth = "1.3.6.1.5.5.7.3.1";
const minRsaBits = 2048;

/**
 * Checks a chain and its private key as they come from people or an authority, and reads what they say.
 * Throws `invalid` with what is wrong and what to do; no text of it holds anything of the key.
 */
export function readCertificate(
  chainText: string,
  keyText: string,
  now: Date,
): { pair: Sensitive<CertificatePair>; facts: CertificateFacts } {
  if (chainText.length + keyText.length > maxBytes)
    throw invalid(`Certificate and key are over ${maxBytes / 1024} KiB: send one chain and its key only.`);
  const chain = readChain(chainText);
  const [leaf] = chain;
  const key = readKey(keyText);
  checkKey(chain, leaf, key);
  checkOrder(chain);
  checkUse(leaf);
  checkDates(leaf, now);
  const pair = {
    chain: chain.map(String).join(""),
    key: String(key.export({ type: "pkcs8", format: "pem" })),
  };
  checkUsable(pair);
  return { pair: new Sensitive(pair), facts: factsOf(chain, leaf, key) };
}

type Chain = [X509Certificate, ...X509Certificate[]];

function readChain(text: string): Chain {
  const [first, ...rest] = blocksOf(text, "CERTIFICATE").map(readBlock);
  if (!first)
    throw invalid(
      "There is no certificate: send PEM, which begins with -----BEGIN CERTIFICATE----- (from DER: openssl x509 -inform der -in FILE).",
    );
  if (rest.length >= maxChain)
    throw invalid(`The chain holds over ${maxChain} certificates: send those of one host.`);
  // A root at the end is in every client's own store already.
  const last = rest.at(-1);
  return last?.checkIssued(last) ? [first, ...rest.slice(0, -1)] : [first, ...rest];
}

function readBlock(block: string, index: number): X509Certificate {
  try {
    return new X509Certificate(block);
  } catch {
    throw invalid(`Certificate ${index + 1} of the chain cannot be read: it is damaged.`);
  }
}

const blocksOf = (text: string, label: string): string[] =>
  text.match(new RegExp(`-----BEGIN ${label}-----[\\s\\S]*?-----END ${label}-----`, "g")) ?? [];

function readKey(text: string): KeyObject {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(text))
    throw invalid(
      "The private key has a passphrase: take it off with openssl pkey -in KEY -out PLAIN, and send that.",
    );
  const [block] = blocksOf(text, "(?:RSA |EC )?PRIVATE KEY");
  if (!block)
    throw invalid("There is no private key: send PEM, which begins with -----BEGIN PRIVATE KEY-----.");
  try {
    return createPrivateKey(block);
  } catch {
    throw invalid("The private key cannot be read: it is damaged, or of a kind that TLS does not know.");
  }
}

function checkKey(chain: Chain, leaf: X509Certificate, key: KeyObject): void {
  if (!leaf.checkPrivateKey(key)) throw wrongKey(chain, key);
  const { modulusLength } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && (modulusLength ?? 0) < minRsaBits)
    throw invalid(`The key has ${modulusLength} bits: browsers want RSA keys of at least ${minRsaBits}.`);
}

function wrongKey(chain: Chain, key: KeyObject): PaasError {
  const at = chain.findIndex((certificate) => certificate.checkPrivateKey(key));
  return at > 0
    ? invalid(
        `The key belongs to certificate ${at + 1} of the chain: put that one first, each followed by its issuer's.`,
      )
    : invalid(`The key is not that of the certificate for ${namesOf(chain[0]).join(", ") || "no host"}.`);
}

/** Each certificate must have been issued by the next one. */
function checkOrder(chain: Chain): void {
  for (const [index, certificate] of chain.entries()) {
    const next = chain[index + 1];
    if (next && !(certificate.checkIssued(next) && certificate.verify(next.publicKey)))
      throw invalid(
        `Certificate ${index + 2} of the chain did not issue certificate ${index + 1}: send the host's own first, each followed by its issuer's.`,
      );
  }
}

function checkUse(leaf: X509Certificate): void {
  if (leaf.ca && leaf.subject !== leaf.issuer)
    throw invalid("The first certificate is an authority's: put the host's own first.");
  if (namesOf(leaf).length === 0)
    throw invalid("The certificate names no host: browsers want its names as subjectAltName (DNS).");
  const uses = leaf.keyUsage as string[] | undefined;
  if (uses && !uses.includes(serverAuth))
    throw invalid("The certificate is not for servers: its extended key usage lacks serverAuth.");
}

function checkDates(leaf: X509Certificate, now: Date): void {
  const { notBefore, notAfter } = validityOf(leaf);
  if (notAfter <= now) throw invalid(`The certificate expired on ${notAfter.toISOString()}: get a new one.`);
  if (notBefore > now)
    throw invalid(
      `The certificate is valid from ${notBefore.toISOString()} only: is this machine's clock right?`,
    );
}

/** What OpenSSL refuses (broken signatures algorithms, unknown curves) a router could not serve either. */
function checkUsable(pair: CertificatePair): void {
  try {
    createSecureContext({ cert: pair.chain, key: pair.key });
  } catch (error) {
    throw invalid(`OpenSSL cannot serve this certificate: ${messageOf(error)}`);
  }
}

function factsOf(chain: Chain, leaf: X509Certificate, key: KeyObject): CertificateFacts {
  return {
    hostnames: namesOf(leaf),
    issuer: nameIn(leaf.issuer),
    ...validityOf(leaf),
    fingerprint: leaf.fingerprint256.replaceAll(":", "").toLowerCase(),
    keyType: keyTypeOf(key),
    trusted: isTrusted(chain.at(-1) ?? leaf),
  };
}

function namesOf(certificate: X509Certificate): string[] {
  const names = (certificate.subjectAltName ?? "").split(", ");
  return names.filter((name) => name.startsWith("DNS:")).map((name) => name.slice(4).toLowerCase());
}

const validityOf = (certificate: X509Certificate) => ({
  notBefore: new Date(certificate.validFrom),
  notAfter: new Date(certificate.validTo),
});

/** `CN=R11\nO=Let's Encrypt` -> `Let's Encrypt, R11`. */
function nameIn(distinguished: string): string {
  const part = (label: string) => new RegExp(`^${label}=(.*)$`, "m").exec(distinguished)?.[1];
  return [part("O"), part("CN")].filter((word) => word !== undefined).join(", ") || "nobody";
}

function keyTypeOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string {
  return `${type?.toUpperCase()} ${details?.modulusLength ?? details?.namedCurve ?? ""}`.trim();
}

function isTrusted(last: X509Certificate): boolean {
  return rootCertificates.some((pem) => {
    const root = new X509Certificate(pem);
    return last.checkIssued(root) && last.verify(root.publicKey);
  });
}
