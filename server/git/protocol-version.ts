import type { IncomingMessage } from "node:http";

/** The wire protocol that a client asks for, as git's environment; nothing for a header that is none. */
export function protocolOf(req: IncomingMessage): { GIT_PROTOCOL?: string } {
  const header = req.headers["git-protocol"];
  return typeof header === "string" && /^version=[012]$/.test(header) ? { GIT_PROTOCOL: header } : {};
}
