import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import type { Sensitive } from "../../core/env";

/** One DER element: tag, length, contents. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const size = body.length.toString(16);
  const bytes = Buffer.from(size.length % 2 === 0 ? size : `0${size}`, "hex");
  const length = body.length < 128 ? bytes : Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const set = (...parts: Buffer[]): Buffer => der(0x31, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));

const version1 = der(0x02, Buffer.from([0]));
/** 1.2.840.113549.1.9.14 */
const extensionRequest = oid("2a864886f70d01090e");
/** 2.5.29.17 */
const subjectAltName = oid("551d11");
/** 1.2.840.10045.4.3.2 */
const ecdsaWithSha256 = oid("2a8648ce3d040302");

/**
 * A certificate signing request (PKCS #10, RFC 2986) for DNS names, with the P-256 key of the certificate to be; base64url of its DER, as
 * ACME wants it. The subject stays empty: authorities take the names from the extension.
 */
export function certificateRequest(hostnames: readonly string[], keyPem: Sensitive<string>): string {
  const key = createPrivateKey(keyPem.reveal());
  const names = sequence(...hostnames.map((hostname) => der(0x82, Buffer.from(hostname, "ascii"))));
  const extensions = sequence(sequence(subjectAltName, der(0x04, names)));
  const information = sequence(
    version1,
    sequence(),
    createPublicKey(key).export({ type: "spki", format: "der" }),
    der(0xa0, sequence(extensionRequest, set(extensions))),
  );
  const signature = sign("sha256", information, key);
  const noUnusedBits = Buffer.from([0]);
  return sequence(information, sequence(ecdsaWithSha256), der(0x03, noUnusedBits, signature)).toString(
    "base64url",
  );
}
