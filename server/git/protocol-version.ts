import type { IncomingMessage } from "node:http";

/** The wire protocol that a client asks for, as git's environment; nothing for a header that is none. */
export function protocolOf(req: IncomingMessage): { GIT_PROTOCOL?: string } {
  const header = req.headers["git-protocol"];
  return typeof header === "string" && /^version=[012]$/.test(header) ? { GIT_PROTOCOL: header } : {};
}

/** Whether the client asks for version 2, as every git since 2.26 does. */
export const speaksVersion2 = (req: IncomingMessage): boolean => protocolOf(req).GIT_PROTOCOL === "version=2";
