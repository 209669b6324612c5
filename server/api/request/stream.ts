import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Logger } from "../../../core/logger";
import { apiError, translate } from "./errors";
import { requestIdOf } from "./request-id";

const heartbeatMs = 15_000;

/**
 * Writes values as NDJSON at the reader's pace, with a heartbeat line in every silence. A failure on the way becomes a last
 * line `{error}`; a stream that ends without a line that says so was cut off, and the reader knows it.
 */
export async function streamLines(
  res: ServerResponse,
  lines: AsyncIterable<unknown>,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  res.writeHead(200, {
    "Content-Type": "application/x-ndjson; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
  });
  res.flushHeaders();
  const beat = setInterval(() => res.writableNeedDrain || res.write('{"heartbeat":true}\n'), heartbeatMs);
  try {
    for await (const line of lines) {
      if (signal.aborted) return;
      beat.refresh();
      if (!res.write(`${JSON.stringify(line)}\n`)) await once(res, "drain", { signal });
    }
  } catch (thrown) {
    if (signal.aborted) return;
    const error = apiError(translate(thrown), requestIdOf(res));
    log.warn({ requestId: error.requestId, reason: String(thrown) }, "stream broke off");
    res.write(`${JSON.stringify({ error })}\n`);
  } finally {
    clearInterval(beat);
    res.end();
  }
}

/** Aborted when the client is gone (or has its whole answer). */
export function whileConnected(res: ServerResponse): AbortSignal {
  const controller = new AbortController();
  res.once("close", () => controller.abort());
  if (res.destroyed) controller.abort();
  return controller.signal;
}
