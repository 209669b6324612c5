import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { CertificatePair } from "./certificate";
import { bits, der, ecdsaWithSha256, octets, oid, sequence, set, subjectAltName } from "./der";

const dayMs = 86_400_000;
const version3 = der(0xa0, der(0x02, Buffer.from([2])));
/** CN=acme-tls */
const nobody = sequence(set(sequence(oid("550403"), der(0x0c, Buffer.from("acme-tls", "ascii")))));
/** id-pe-acmeIdentifier, 1.3.6.1.5.5.7.1.31 (RFC 8737, 3), critical */
const acmeIdentifier = oid("2b0601050507011f");
const critical = der(0x01, Buffer.from([0xff]));

/**
 * The certificate that answers a TLS-ALPN-01 challenge (RFC 8737): self-signed, for one name, with a digest in it (base64url) that nobody but
 * the authority cares for. Its key is made up and forgotten.
 */
export function challengeCertificate(hostname: string, digest: string, nowMs: number): CertificatePair {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const identifier = octets(octets(Buffer.from(digest, "base64url")));
  const extensions = sequence(subjectAltName([hostname]), sequence(acmeIdentifier, critical, identifier));
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(15)]);
  const content = sequence(
    version3,
    der(0x02, serial),
    ecdsaWithSha256,
    nobody,
    sequence(utcTime(nowMs - dayMs), utcTime(nowMs + 7 * dayMs)),
    nobody,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, extensions),
  );
  const whole = sequence(content, ecdsaWithSha256, bits(sign("sha256", content, privateKey)));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    chain: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
  };
}

/** YYMMDDhhmmssZ, until 2049. */
function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, "").slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`, "ascii"));
}
