import { randomBytes } from "node:crypto";

const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

/** A random id of lower-case letters and digits, usable in container, network and image names. 12 characters hold 60 bits. */
export function newId(length = 12): string {
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join("");
}
