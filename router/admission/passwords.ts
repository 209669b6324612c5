import { createHmac, randomBytes } from "node:crypto";
import { isPassword } from "../../core/password";

/** Tries at once, and of one client: each is made to be expensive. */
const mostTries = 32;
const mostOfClient = 4;
const mostRemembered = 10_000;
/** What the password of nobody is compared with, so that an unknown name takes as long as a known one. */
const nobodys = `scrypt:16384:8:1:${"A".repeat(22)}:${"A".repeat(43)}`;

export interface Login {
  name: string;
  password: string;
}

/**
 * Checks passwords of basic auth. A right one is remembered as a keyed digest, with a key that nobody has outside this process, so that it
 * costs its hash once and a few microseconds at each further request; no password is kept, and none can be found by time.
 */
export class Passwords {
  readonly #key = randomBytes(32);
  readonly #isPassword: typeof isPassword;
  readonly #right = new Set<string>();
  readonly #tries = new Map<string, number>();
  #trying = 0;

  constructor(check: typeof isPassword = isPassword) {
    this.#isPassword = check;
  }

  /** Whether a login is one of `users` (name -> hash); "busy" when this client, or all, try too much at once. */
  check(
    { name, password }: Login,
    users: Readonly<Record<string, string>>,
    client: string,
  ): boolean | Promise<boolean> | "busy" {
    const hash = Object.hasOwn(users, name) ? users[name] : undefined;
    const digest = createHmac("sha256", this.#key).update(`${hash}\0${password}`).digest("base64");
    if (hash !== undefined && this.#right.has(digest)) return true;
    const tries = this.#tries.get(client) ?? 0;
    if (this.#trying >= mostTries || tries >= mostOfClient) return "busy";
    this.#tries.set(client, tries + 1);
    this.#trying += 1;
    return this.#try(password, hash, digest).finally(() => this.#tried(client));
  }

  async #try(password: string, hash: string | undefined, digest: string): Promise<boolean> {
    const isRight = (await this.#isPassword(password, hash ?? nobodys)) && hash !== undefined;
    if (!isRight) return false;
    if (this.#right.size >= mostRemembered) this.#right.clear();
    this.#right.add(digest);
    return true;
  }

  #tried(client: string): void {
    const left = (this.#tries.get(client) ?? 1) - 1;
    if (left > 0) this.#tries.set(client, left);
    else this.#tries.delete(client);
    this.#trying -= 1;
  }
}

/** What an Authorization header says of who asks (RFC 7617); null for another scheme, or none. */
export function loginIn(value: string | undefined): Login | null {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]{1,1000})$/i.exec(value ?? "") ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? null : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
