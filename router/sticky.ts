import { createHash } from "node:crypto";
import type { RequestHead } from "./http1/request-head";

const cookieName = "paas-instance";
const pattern = /(?:^|;)\s*paas-instance=([\w-]{22})(?=\s*(?:;|$))/;

/** What a cookie calls an instance: nothing that tells of it, and nothing that could be guessed without knowing its id. */
export function stickyToken(appId: string, instanceId: string): string {
  return createHash("sha256").update(`${appId} ${instanceId}`).digest("base64url").slice(0, 22);
}

/** Which instance a client of a sticky app is to come back to. */
export class Sticky {
  /** What the client's cookie calls its instance, if it has such a cookie. */
  readonly wanted: string | undefined;
  readonly #isSecure: boolean;

  constructor({ fields }: RequestHead, scheme: "http" | "https") {
    this.#isSecure = scheme === "https";
    const matches = fields.named("cookie").map((cookies) => pattern.exec(cookies)?.[1]);
    this.wanted = matches.find((token) => token !== undefined);
  }

  /** The header line for a client that was answered by an instance: none if it is the one that it wanted. */
  lineFor(token: string): string {
    if (token === this.wanted) return "";
    const secure = this.#isSecure ? "; Secure" : "";
    return `Set-Cookie: ${cookieName}=${token}; Path=/; HttpOnly; SameSite=Lax${secure}\r\n`;
  }
}
