import type { IncomingMessage } from "node:http";
import { PaasError } from "../../../core/error";
import type { Actor } from "../../../core/policy";
import type { Tokens } from "../platform/tokens";

/** The token of `Authorization: Bearer <token>` or of Basic's password; null when there is none. */
export function tokenOf(header: string | undefined): string | null {
  const [, scheme = "", credentials = ""] = /^(\w+) +(\S+)$/.exec(header ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return credentials;
  if (scheme.toLowerCase() !== "basic") return null;
  const pair = Buffer.from(credentials, "base64").toString("utf8");
  return pair.includes(":") ? pair.slice(pair.indexOf(":") + 1) || null : null;
}

/** Who asks; throws the same `unauthorized` for no token and a wrong one, whatever was asked for. */
export async function authenticate(tokens: Tokens, req: IncomingMessage): Promise<Actor> {
  const token = tokenOf(req.headers.authorization);
  const actor = token === null ? null : await tokens.authenticate(token);
  if (!actor) throw new PaasError("unauthorized", "No valid token came with the request: run paas login.");
  return actor;
}
