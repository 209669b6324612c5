const firstWaitMs = 500;
const longestWaitMs = 30_000;

/** A role that has run this long has recovered: its next death counts as its first. */
export const recoveredAfterMs = 60_000;

/** How long to wait before the nth restart in a row: none before the first, then half a second doubling up to half a minute. */
export function restartDelayMs(restartsInARow: number): number {
  if (restartsInARow === 0) return 0;
  return Math.min(longestWaitMs, firstWaitMs * 2 ** (restartsInARow - 1));
}
