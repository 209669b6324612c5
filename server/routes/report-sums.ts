import type { SwitchCount } from "../../core/route";

/** Of one release, as two routers counted it. */
export const addCounts = (sum: SwitchCount | null, one: SwitchCount): SwitchCount =>
  sum === null
    ? one
    : {
        release: one.release,
        requests: sum.requests + one.requests,
        failed: sum.failed + one.failed,
        slowestMs: Math.max(sum.slowestMs, one.slowestMs),
        streams: sum.streams + one.streams,
      };

/** Counts by id, added up over routers. */
export function sumOf(counts: Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const one of counts) for (const [id, count] of Object.entries(one)) sums[id] = (sums[id] ?? 0) + count;
  return sums;
}
