import type { Bake, BakeCount } from "../../core/bake";
import { addFigures } from "../../core/figures";
import type { BakeReport } from "../../core/route";

/**
 * What routers counted of a release that bakes and of the one before it, together; null when none knows the release. What is known of the
 * old one already is not counted again.
 */
export function bakeCountOf(bake: Bake, reports: BakeReport[]): BakeCount | null {
  const count = reports
    .filter((report) => report.release === bake.version)
    .map((report) => countOf(report, bake.oldVersion))
    .reduce<BakeCount | null>((sum, one) => (sum === null ? one : together(sum, one)), null);
  return count && { ...count, before: bake.before ?? count.before };
}

function countOf({ fresh, countedMs, before }: BakeReport, oldRelease: number): BakeCount {
  if (before?.release !== oldRelease) return { fresh, countedMs, before: null };
  const { release: _, ...figures } = before;
  return { fresh, countedMs, before: figures };
}

const together = (one: BakeCount, other: BakeCount): BakeCount => ({
  fresh: addFigures(one.fresh, other.fresh),
  countedMs: Math.min(one.countedMs, other.countedMs),
  before: one.before && other.before ? addFigures(one.before, other.before) : (one.before ?? other.before),
});
