import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Sensitive } from "./env";

/** A key for one purpose, made from the platform's secret key (64 hex digits): who holds it can open nothing else. */
export function subKey(secretKey: Sensitive<string>, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", Buffer.from(secretKey.reveal(), "hex"), "", `paas ${purpose}`, 32));
}

/**
 * AES-256-GCM with a fresh 96-bit nonce, bound to what it belongs to as additional data.
 * Layout: 1 byte format (1), 12 bytes nonce, 16 bytes tag, ciphertext.
 */
export function seal(key: Buffer, text: string, belongsTo: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(belongsTo));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([Buffer.from([1]), nonce, cipher.getAuthTag(), sealed]);
}

/** The text; null when the key is another one, or the bytes were changed or belong to something else. */
export function unseal(key: Buffer, sealed: Buffer, belongsTo: string): string | null {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(1, 13))
      .setAAD(Buffer.from(belongsTo))
      .setAuthTag(sealed.subarray(13, 29));
    return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}
