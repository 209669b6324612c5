import { addFigures } from "./figures";
import type { BakeReport, SwitchCount } from "./route";

/** Counts by id, added up. */
export function sumOf(counts: readonly Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const one of counts) for (const [id, count] of Object.entries(one)) sums[id] = (sums[id] ?? 0) + count;
  return sums;
}

export const totalOf = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Of one release, as two counted it. */
export const addCounts = (one: SwitchCount, other: SwitchCount): SwitchCount => ({
  release: one.release,
  requests: one.requests + other.requests,
  failed: one.failed + other.failed,
  slowestMs: Math.max(one.slowestMs, other.slowestMs),
  streams: one.streams + other.streams,
});

/** Of one release that bakes, as two counted it. */
export const addBakeReports = (one: BakeReport, other: BakeReport): BakeReport => ({
  release: one.release,
  fresh: addFigures(one.fresh, other.fresh),
  countedMs: Math.min(one.countedMs, other.countedMs),
  before: addBefore(one.before, other.before),
});

/** Of those that saw different releases before the switch, the newer one counts. */
function addBefore(one: BakeReport["before"], other: BakeReport["before"]): BakeReport["before"] {
  if (one === null || other === null) return one ?? other;
  if (one.release !== other.release) return one.release > other.release ? one : other;
  return { release: one.release, ...addFigures(one, other) };
}
