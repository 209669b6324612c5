import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { Sensitive } from "../../core/env";

/** The public part as a JSON Web Key, members in the order that a thumbprint wants (RFC 7638). */
export interface PublicJwk {
  crv: string;
  kty: string;
  x: string;
  y: string;
}

/** A fresh P-256 key, PKCS #8 PEM; for accounts and for certificates. */
export function newKey(): Sensitive<string> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return new Sensitive(String(privateKey.export({ type: "pkcs8", format: "pem" })));
}

/** Signs what an account says to its authority (RFC 8555, 6.2). */
export class AccountKey {
  readonly #key: KeyObject;

  constructor(pem: Sensitive<string>) {
    this.#key = createPrivateKey(pem.reveal());
  }

  get jwk(): PublicJwk {
    const { crv = "", kty = "", x = "", y = "" } = this.#key.export({ format: "jwk" });
    return { crv, kty, x, y };
  }

  /** What proves this account in every challenge (RFC 8555, 8.1). */
  get thumbprint(): string {
    return createHash("sha256").update(JSON.stringify(this.jwk)).digest("base64url");
  }

  /** A flattened JSON Web Signature; without a payload it is a POST-as-GET. */
  sign(header: object, payload: object | null): string {
    const protectedText = encode({ alg: "ES256", ...header });
    const text = payload === null ? "" : encode(payload);
    const signature = sign("sha256", Buffer.from(`${protectedText}.${text}`), {
      key: this.#key,
      dsaEncoding: "ieee-p1363",
    });
    return JSON.stringify({
      protected: protectedText,
      payload: text,
      signature: signature.toString("base64url"),
    });
  }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
