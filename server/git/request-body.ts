import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { invalid, PaasError } from "../../core/error";

/**
 * The request's body, inflated, at most maxBytes of it both as sent and inflated. Throws `too_large` or `invalid`, by the length
 * header at once, else where it happens; a client who leaves makes it throw what the socket throws.
 * Ending the iteration early leaves the request open, so that it can still be answered.
 */
export async function* requestBody(req: IncomingMessage, maxBytes: number): AsyncGenerator<Buffer> {
  checkLength(req, maxBytes);
  let bytes = 0;
  const chunks: AsyncIterable<Buffer> = inflated(req, maxBytes).iterator({ destroyOnReturn: false });
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } catch (error) {
    throw translated(error, req);
  }
}

function translated(error: unknown, req: IncomingMessage): unknown {
  if (req.destroyed && !req.complete)
    return new PaasError("unavailable", "The client left before it had sent everything.", { cause: error });
  if ((error as NodeJS.ErrnoException).code?.startsWith("Z_"))
    return invalid(
      "The body says it is gzip but cannot be inflated: try again, or look for a proxy that changes it.",
    );
  return error;
}

/** Throws `too_large` for a length header over the limit: before git is started, and before the client has sent it all. */
export function checkLength(req: IncomingMessage, maxBytes: number): void {
  if (Number(req.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

function inflated(req: IncomingMessage, maxBytes: number): Readable {
  const encoding = req.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity") return req;
  if (encoding !== "gzip" && encoding !== "x-gzip")
    throw invalid(
      `The body's encoding ${encoding.slice(0, 40)} is not known here: send it plain or as gzip.`,
    );
  const gunzip = createGunzip();
  gunzip.on("error", () => undefined); // told by the iteration, if that still goes on
  let sent = 0;
  req.on("data", (chunk: Buffer) => {
    sent += chunk.length;
    if (sent > maxBytes) gunzip.destroy(tooLarge(maxBytes));
  });
  req.once("error", (error) => gunzip.destroy(error));
  return req.pipe(gunzip);
}

const tooLarge = (maxBytes: number): PaasError =>
  new PaasError(
    "too_large",
    `This push is over the limit of ${Math.floor(maxBytes / 1024 ** 2)} MB: take large files out of the history, or push it in parts.`,
  );
