import { addBakeReports, addCounts, sumOf } from "../core/report-sums";
import type { RouterReport } from "../core/route";

/** What one worker says of itself: which table it routes by, and what it counted. */
export type WorkerReport = Omit<RouterReport, "routerId">;

/**
 * What workers say, as if one had done it all.
 *
 * INVARIANT: the version is one that each of them routes by, or a newer one; so whatever is not in that table gets nothing new from any,
 * and what `inFlight` says of it can only be too much. `version` is that of no workers at all.
 */
export function sumReports(reports: readonly WorkerReport[], version: number): WorkerReport {
  return {
    version: reports.length === 0 ? version : Math.min(...reports.map((report) => report.version)),
    inFlight: sumOf(reports.map((report) => report.inFlight)),
    streams: sumOf(reports.map((report) => report.streams)),
    switches: byApp(
      reports.map((report) => report.switches),
      addCounts,
    ),
    bakes: byApp(
      reports.map((report) => report.bakes),
      addBakeReports,
    ),
  };
}

interface OfRelease {
  release: number;
}

/** Of two workers that are at different releases of an app, the newer one counts. */
function byApp<T extends OfRelease>(
  reports: readonly Record<string, T>[],
  add: (one: T, other: T) => T,
): Record<string, T> {
  const sums: Record<string, T> = {};
  for (const report of reports)
    for (const [appId, one] of Object.entries(report)) {
      const sum = sums[appId];
      if (sum?.release === one.release) sums[appId] = add(sum, one);
      else if (sum === undefined || sum.release < one.release) sums[appId] = one;
    }
  return sums;
}
