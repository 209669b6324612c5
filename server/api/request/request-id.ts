import type { IncomingMessage, ServerResponse } from "node:http";
import { newId } from "../../../core/id";

const header = "X-Request-Id";

/** Gives a request its id: the caller's if well-formed, else a new one; it travels as a header of the answer. */
export function giveRequestId(req: IncomingMessage, res: ServerResponse): void {
  const given = req.headers["x-request-id"];
  res.setHeader(header, typeof given === "string" && /^[\w.-]{8,80}$/.test(given) ? given : newId(20));
}

export const requestIdOf = (res: ServerResponse): string => String(res.getHeader(header) ?? "");
