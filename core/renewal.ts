/** A third of its life before its end, as long as that is in time for several tries; milliseconds since 1970. */
export function renewalTime({ notBefore, notAfter }: { notBefore: Date; notAfter: Date }): number {
  return notAfter.getTime() - (notAfter.getTime() - notBefore.getTime()) / 3;
}

/** When a certificate that others rely on counts no more, since its renewal has failed for half of the time for it; milliseconds since 1970. */
export function reliedUntil({ notBefore, notAfter }: { notBefore: Date; notAfter: Date }): number {
  return notAfter.getTime() - (notAfter.getTime() - notBefore.getTime()) / 6;
}

const minuteMs = 60_000;
const longestMs = 24 * 60 * minuteMs;

/**
 * How long an order rests after its nth failure at the authority (1, 2, ...): 5 min doubling to a day. Authorities count failures, too:
 * Let's Encrypt allows five an hour for a name, of which these are four.
 */
export function orderRestMs(failures: number, retryAfterMs: number | null): number {
  const own = Math.min(longestMs, 5 * minuteMs * 2 ** Math.min(failures - 1, 20));
  // A server that asks for a year is not obeyed: it is asked again once a week.
  return Math.max(own, Math.min(retryAfterMs ?? 0, 7 * longestMs));
}

/** How long a name rests that does not lead here yet: asking is cheap, and nobody counts it. */
export const pointRestMs = minuteMs;
