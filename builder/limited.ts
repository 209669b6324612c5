import { formatDuration } from "../core/duration";
import { isPaasError, PaasError } from "../core/error";

/**
 * Gives an act a signal that ends it: whoever aborts `signal`, or `end` with what the author of the commit is to read. What the act then
 * throws is that reason, not how it broke off.
 */
export async function endable<T>(
  signal: AbortSignal,
  act: (signal: AbortSignal, end: (reason: PaasError) => void) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  try {
    return await act(both, (reason) => over.abort(reason));
  } catch (error) {
    throw both.aborted && isPaasError(both.reason) ? both.reason : error;
  }
}

/** Ends a build that takes too long; returns how to call that off. */
export function timeLimit(limitMs: number, end: (reason: PaasError) => void): () => void {
  const timer = setTimeout(() => {
    const limit = formatDuration(limitMs);
    end(
      new PaasError(
        "build_failed",
        `The build was ended after ${limit}, its time limit. An operator can raise it: PAAS_BUILD_TIMEOUT (now ${limit}).`,
      ),
    );
  }, limitMs);
  return () => clearTimeout(timer);
}
