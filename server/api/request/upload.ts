import type { Request } from "express";
import { isPaasError, PaasError } from "../../../core/error";

/** On a connection where nothing moves for so long, nobody is sending any more. */
const idleMs = 120_000;

/** A request's body as it comes; throws `too_large` over maxBytes, by its length at once, and `unavailable` when the client leaves before its end. */
export async function* uploadOf(req: Request, maxBytes: number): AsyncGenerator<Buffer> {
  if (Number(req.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  req.setTimeout(idleMs);
  let bytes = 0;
  try {
    // It stays open when its reader has had enough, so that it can still be answered.
    for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } catch (error) {
    if (isPaasError(error)) throw error;
    throw new PaasError("unavailable", "The client left before it had sent everything.", { cause: error });
  } finally {
    req.setTimeout(0);
  }
}

const tooLarge = (maxBytes: number): PaasError =>
  new PaasError(
    "too_large",
    `The upload is over the limit of ${Math.floor(maxBytes / 1024 ** 2)} MB: leave out what the build makes or installs itself.`,
  );
