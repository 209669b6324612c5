import type { HttpPolicy } from "../core/http-policy";
import type { Backlog } from "./backlog";

/** How an app's requests are spread over its instances. */
export interface Balance {
  /** Requests that an instance gets at once. */
  mostEach: number;
  /** A new instance gets its whole share after so long; 0: at once. */
  slowStartMs: number;
  /** Whether a client stays with its instance. */
  sticky: boolean;
  /** Where requests wait while every instance has as many as it may have, and for how long. */
  backlog: Backlog | undefined;
  waitMs: number;
}

const mostWaiting = 100;
const waitMs = 10_000;
/** How an app is balanced that has nothing set. */
export const plainBalance: Balance = {
  mostEach: Number.POSITIVE_INFINITY,
  slowStartMs: 0,
  sticky: false,
  backlog: undefined,
  waitMs,
};

/**
 * How a router process balances an app, one of `workers` that each do so by themselves: of what is counted each has its share, and at
 * least 1. `backlogFor` gives the app's backlog, with room for so many.
 */
export function balanceOf(
  policy: HttpPolicy | undefined,
  workers: number,
  backlogFor: (most: number) => Backlog,
): Balance {
  if (policy === undefined) return plainBalance;
  const share = (count: number) => Math.max(1, Math.floor(count / workers));
  const { instanceRequests, slowStartMs = 0, sticky = false, queueMs = waitMs } = policy;
  return {
    mostEach: instanceRequests === undefined ? plainBalance.mostEach : share(instanceRequests),
    slowStartMs,
    sticky,
    backlog: instanceRequests === undefined ? undefined : backlogFor(roomIn(policy, workers)),
    waitMs: queueMs,
  };
}

/** How many requests of an app may wait in one of `workers`. */
export function roomIn({ queue = mostWaiting }: HttpPolicy, workers: number): number {
  return Math.ceil(queue / workers);
}
