import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

/** About 40 ms and 16 MB a try: what an attacker with the hash has to pay for each guess. */
const cost = { N: 16_384, r: 8, p: 1 };
const bytes = 32;

/** `scrypt:<N>:<r>:<p>:<salt>:<key>`, the last two in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64url"), key.toString("base64url")].join(":");
}

/** Whether a password is that of a hash; false for a hash of another form. Takes as long for a wrong one as for the right one. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [form, N, r, p, salt = "", key = ""] = hash.split(":");
  const expected = Buffer.from(key, "base64url");
  if (form !== "scrypt" || expected.length !== bytes) return false;
  const options = { N: Number(N), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, "base64url"), options);
  return timingSafeEqual(derived, expected);
}

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    scrypt(password, salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key))),
  );
}
