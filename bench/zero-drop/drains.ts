import type { ClosedStream } from "./streams";

/** An instance's time at its address, from the ledger. Times are milliseconds since the epoch. */
export interface Tenancy {
  address: string;
  createdAt: number;
  leftRotationAt: number | null;
  removedAt: number | null;
}

export interface Drain {
  kind: ClosedStream["kind"];
  /** How long it went on after its instance had left the rotation; null when that never left, or is not known. */
  lastedMs: number | null;
}

/** What each stream that was closed got of its limit. */
export function drainsOf(closed: ClosedStream[], tenancies: Tenancy[]): Drain[] {
  return closed.map(({ kind, address, openedAt, closedAt }) => {
    const tenancy = tenancies.find(
      (one) =>
        one.address === address &&
        one.createdAt <= openedAt &&
        (one.removedAt === null || one.removedAt >= openedAt),
    );
    const leftAt = tenancy?.leftRotationAt ?? null;
    return { kind, lastedMs: leftAt === null ? null : closedAt - leftAt };
  });
}

/** Timers may be a moment early. */
const timerSlackMs = 5;

/** Streams that were closed before their limit, and those that nothing explains. */
export const cutEarly = (drains: Drain[], limitMs: number): Drain[] =>
  drains.filter(({ lastedMs }) => lastedMs === null || lastedMs < limitMs - timerSlackMs);
