/** Longest wait between two starts of a crashing instance. */
export const backoffCeilingMs = 5 * 60_000;

/**
 * How long a place rests after its nth crash (1, 2, ...): at once after the first, then 2 s doubling to the ceiling, with up to 20 % of
 * jitter that is the same for the same seed, so that apps which crashed together do not start together.
 */
export function backoffMs(crashes: number, seed: string): number {
  if (crashes <= 1) return 0;
  const base = Math.min(backoffCeilingMs, 2_000 * 2 ** (crashes - 2));
  return Math.round(base * (0.8 + 0.2 * fraction(`${seed}:${crashes}`)));
}

/** A number in [0, 1) from a text (FNV-1a). */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return hash / 2 ** 32;
}

const firstRestMs = 500;
const longestRestMs = 30_000;

/** A process of the platform that has run this long has recovered: its next death counts as its first. */
export const recoveredAfterMs = 60_000;

/** How long to wait before the nth restart in a row of one of them: none before the first, then half a second doubling up to half a minute. */
export function restartDelayMs(restartsInARow: number): number {
  if (restartsInARow === 0) return 0;
  return Math.min(longestRestMs, firstRestMs * 2 ** (restartsInARow - 1));
}
