import type { IncomingMessage, ServerResponse } from "node:http";
import { errorCatalogue, PaasError } from "../../core/error";

const drainMs = 10_000;

/** Nothing of git's answers may be kept by a cache. */
export const noCache = {
  Expires: "Fri, 01 Jan 1980 00:00:00 GMT",
  Pragma: "no-cache",
  "Cache-Control": "no-cache, max-age=0, must-revalidate",
};

/** Answers with an error's text, which git shows to its user. What is no PaasError shows nothing of its inside. */
export function answerError(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  if (res.headersSent) {
    res.destroy(); // half an answer cannot be corrected: git reports it as cut off
    return;
  }
  const known = error instanceof PaasError && error.code !== "internal";
  const code = known ? error.code : "internal";
  const message = known ? error.message : "The server had an internal error; its log says more.";
  res.writeHead(errorCatalogue[code].http, {
    ...noCache,
    "Content-Type": "text/plain; charset=utf-8",
    ...(code === "unauthorized" ? { "WWW-Authenticate": 'Basic realm="paas", charset="UTF-8"' } : {}),
  });
  res.end(`${message}\n`);
  discardRest(req);
}

/** Reads on for a while what a client is still sending: closing at once could reset the connection before it has read our answer. */
function discardRest(req: IncomingMessage): void {
  if (req.complete) return;
  req.unpipe();
  const giveUp = setTimeout(() => req.socket.destroy(), drainMs).unref();
  req.once("end", () => clearTimeout(giveUp));
  req.once("close", () => clearTimeout(giveUp));
  req.resume();
}
