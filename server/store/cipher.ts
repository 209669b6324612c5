import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { type Config, Sensitive } from "../../core/env";
import { PaasError } from "../../core/error";

/**
 * Config at rest: AES-256-GCM, a fresh 96-bit nonce each time, bound to the release's id as additional data.
 * Layout: 1 byte format (1), 12 bytes nonce, 16 bytes tag, ciphertext of the config as JSON.
 */
export class Cipher {
  readonly #key: Buffer;

  /** `secretKey` is 64 hex digits. */
  constructor(secretKey: Sensitive<string>) {
    this.#key = Buffer.from(secretKey.reveal(), "hex");
  }

  seal(config: Config, releaseId: string): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(Buffer.from(releaseId));
    const text = Buffer.concat([cipher.update(JSON.stringify(config.reveal()), "utf8"), cipher.final()]);
    return Buffer.concat([Buffer.from([1]), nonce, cipher.getAuthTag(), text]);
  }

  /** Throws `internal` when the key is another one or the bytes were changed. */
  open(sealed: Buffer, releaseId: string): Config {
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.#key, sealed.subarray(1, 13))
        .setAAD(Buffer.from(releaseId))
        .setAuthTag(sealed.subarray(13, 29));
      const text = Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]).toString("utf8");
      return new Sensitive(JSON.parse(text) as Record<string, string>);
    } catch {
      throw new PaasError(
        "internal",
        "Config cannot be decrypted: the secret key is not the one it was written with (PAAS_SECRET_KEY or <data>/secret.key).",
      );
    }
  }

  /** A token derived from the key for one purpose and subject: the same each time, so it needs no storing. */
  derive(purpose: string, subject: string): string {
    return createHmac("sha256", this.#key).update(`${purpose}\0${subject}`).digest("base64url");
  }
}
