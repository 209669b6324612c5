import { createHmac } from "node:crypto";
import { type Config, Sensitive } from "../../core/env";
import { PaasError } from "../../core/error";
import { seal, subKey, unseal } from "../../core/sealed";

/** All that is secret at rest: config, bound to its release, and the texts of single purposes, each under a key of its own. */
export class Cipher {
  readonly #secretKey: Sensitive<string>;
  readonly #key: Buffer;

  /** `secretKey` is 64 hex digits. */
  constructor(secretKey: Sensitive<string>) {
    this.#secretKey = secretKey;
    this.#key = Buffer.from(secretKey.reveal(), "hex");
  }

  seal(config: Config, releaseId: string): Buffer {
    return seal(this.#key, JSON.stringify(config.reveal()), releaseId);
  }

  /** Throws `internal` when the key is another one or the bytes were changed. */
  open(sealed: Buffer, releaseId: string): Config {
    const text = unseal(this.#key, sealed, releaseId);
    if (text === null) throw unreadable("Config");
    return new Sensitive(JSON.parse(text) as Record<string, string>);
  }

  /** Seals under the key of one purpose (core/sealed.ts), which can be handed out alone. */
  sealFor(purpose: string, text: Sensitive<string>, belongsTo: string): Buffer {
    return seal(subKey(this.#secretKey, purpose), text.reveal(), belongsTo);
  }

  /** Throws `internal` like `open`. */
  openFor(purpose: string, sealed: Buffer, belongsTo: string): Sensitive<string> {
    const text = unseal(subKey(this.#secretKey, purpose), sealed, belongsTo);
    if (text === null) throw unreadable("A key");
    return new Sensitive(text);
  }

  /** A token derived from the key for one purpose and subject: the same each time, so it needs no storing. */
  derive(purpose: string, subject: string): string {
    return createHmac("sha256", this.#key).update(`${purpose}\0${subject}`).digest("base64url");
  }
}

const unreadable = (what: string): PaasError =>
  new PaasError(
    "internal",
    `${what} cannot be decrypted: the secret key is not the one it was written with (PAAS_SECRET_KEY or <data>/secret.key).`,
  );
