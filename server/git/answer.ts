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
  const body = Buffer.from(`${message}\n`);
  res.writeHead(errorCatalogue[code].http, {
    ...noCache,
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": body.length,
    ...(code === "unauthorized" ? { "WWW-Authenticate": 'Basic realm="paas", charset="UTF-8"' } : {}),
  });
  res.write(body);
  discardRest(req, () => res.end());
}

/**
 * Reads on for a while what a client is still sending: a connection that is closed with bytes unread is reset, and the client may lose
 * the answer. Calls `done` when all has come, the client has left, or time is up.
 */
export function discardRest(req: IncomingMessage, done: () => void = () => undefined): void {
  if (req.complete || req.destroyed) {
    done();
    return;
  }
  const giveUp = setTimeout(() => req.socket.destroy(), drainMs).unref();
  const over = () => {
    clearTimeout(giveUp);
    done();
  };
  req.once("end", over);
  req.once("close", over);
  req.unpipe();
  req.resume();
}
