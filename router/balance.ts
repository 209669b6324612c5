import type { HttpPolicy } from "../core/http-policy";
import type { Backlog } from "./backlog";

/** How an app's requests are spread over its instances. */
export interface Balance {
  /** How many requests an instance gets at once, and how many more of the app wait in line; undefined: any number, and nobody waits. */
  seats: { most: number; queue: number } | undefined;
  /** A new instance gets its whole share after so long; 0: at once. */
  slowStartMs: number;
  /** Whether a client stays with its instance. */
  sticky: boolean;
  /** Requests of this process that wait for a seat, and for how long. */
  backlog: Backlog | undefined;
  waitMs: number;
}

const mostWaiting = 100;
const waitMs = 10_000;
/** How an app is balanced that has nothing set. */
export const plainBalance: Balance = {
  seats: undefined,
  slowStartMs: 0,
  sticky: false,
  backlog: undefined,
  waitMs,
};

/** How an app is balanced. `backlogFor` gives its backlog, with room for so many. */
export function balanceOf(policy: HttpPolicy | undefined, backlogFor: (most: number) => Backlog): Balance {
  if (policy === undefined) return plainBalance;
  const { instanceRequests, queue = mostWaiting, slowStartMs = 0, sticky = false, queueMs = waitMs } = policy;
  return {
    seats: instanceRequests === undefined ? undefined : { most: instanceRequests, queue },
    slowStartMs,
    sticky,
    // Who gives out the seats counts those in line.
    backlog: instanceRequests === undefined ? undefined : backlogFor(Number.POSITIVE_INFINITY),
    waitMs: queueMs,
  };
}

/** How many requests of an app that is not there yet may wait in one of `workers`, each of which has its share. */
export function roomIn({ queue = mostWaiting }: HttpPolicy, workers: number): number {
  return Math.ceil(queue / workers);
}
