import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { bits, der, ecdsaWithSha256, oid, sequence, set, subjectAltName } from "../../core/der";
import type { Sensitive } from "../../core/env";

const version1 = der(0x02, Buffer.from([0]));
/** 1.2.840.113549.1.9.14 */
const extensionRequest = oid("2a864886f70d01090e");

/**
 * A certificate signing request (PKCS #10, RFC 2986) for DNS names, with the P-256 key of the certificate to be; base64url of its DER, as
 * ACME wants it. The subject stays empty: authorities take the names from the extension.
 */
export function certificateRequest(hostnames: readonly string[], keyPem: Sensitive<string>): string {
  const key = createPrivateKey(keyPem.reveal());
  const extensions = sequence(subjectAltName(hostnames));
  const information = sequence(
    version1,
    sequence(),
    createPublicKey(key).export({ type: "spki", format: "der" }),
    der(0xa0, sequence(extensionRequest, set(extensions))),
  );
  const signature = sign("sha256", information, key);
  return sequence(information, ecdsaWithSha256, bits(signature)).toString("base64url");
}
