import { formatDuration, parseDuration } from "./duration";
import { invalid } from "./error";
import { type Figures, latencyText, p99Of, percentOf, slowerThan } from "./figures";

export const bakeOutcomes = ["passed", "failed", "superseded", "stopped"] as const;
export type BakeOutcome = (typeof bakeOutcomes)[number];

/** What routers counted of a bake. */
export interface BakeCount {
  /** Of the release that bakes, since it took over. */
  fresh: Figures;
  /** Of the one before it, over a window as long before that; null when no router knows. */
  before: Figures | null;
  /** For how long `fresh` was counted: shorter than the bake when a router was started anew and forgot what it had. */
  countedMs: number;
}

/** The time after a switch in which the old release's web instances stay warm and the new one has to be as good. */
export interface Bake {
  appId: string;
  releaseId: string;
  version: number;
  /** What traffic goes back to. */
  oldReleaseId: string;
  oldVersion: number;
  startedAt: Date;
  endsAt: Date;
  endedAt: Date | null;
  outcome: BakeOutcome | null;
  /** Why it ended as it did. */
  words: string | null;
  /** Of the old release, kept as soon as a router told it; a router started anew would not know it any more. */
  before: Figures | null;
  /** As at the end; null while it lasts and when no router counted. */
  count: BakeCount | null;
}

const shortestMs = 5_000;
const longestMs = 3_600_000;

/** `60s` -> milliseconds, `off` -> null; throws `invalid` for anything else and for what is out of 5 s to 1 h. */
export function parseBakeWindow(word: string): number | null {
  if (word === "off") return null;
  const ms = parseDuration(word);
  if (ms < shortestMs || ms > longestMs)
    throw invalid(
      `A bake window lasts from ${formatDuration(shortestMs)} to ${formatDuration(longestMs)}; off is without.`,
    );
  return ms;
}

export const bakeWindowText = (ms: number | null): string => (ms === null ? "off" : formatDuration(ms));

/** Fewer requests say nothing about a share of them. */
const fewestRequests = 10;
const fewestErrors = 5;
/** A release without traffic before it is taken to have answered so many with 5xx. */
const assumedErrorShare = 0.05;
/** By how much the share of errors must have risen, however sure that is. */
const leastRise = 0.01;
const fewestForLatency = 200;
/** A p99 is worse from twice the old one on, and from so much more. */
const latencyFactor = 2;
const latencyRiseMs = 200;
/** Standard deviations. A bake is looked at each second, so one look before its end must be surer than the last one. */
const sureAtOnce = 4;
const sureAtEnd = 3;

/**
 * Why a release is clearly worse than the one before it; null when it is not. Errors count from the first look on; latency at the last
 * one alone, so that a cold start is not held against it. See docs/decisions/0006-bake.md.
 */
export function judge({ fresh, before }: BakeCount, oldVersion: number, isLast: boolean): string | null {
  return (
    worseErrors(fresh, before, oldVersion, isLast ? sureAtEnd : sureAtOnce) ??
    (isLast && before ? worseLatency(fresh, before, oldVersion) : null)
  );
}

function worseErrors(
  fresh: Figures,
  before: Figures | null,
  oldVersion: number,
  sure: number,
): string | null {
  const { errors, requests } = fresh;
  if (requests < fewestRequests || errors < fewestErrors) return null;
  const said = `${errors} of ${requests} requests answered with 5xx (${percentOf(errors, requests)})`;
  const rate = errors / requests;
  if (before === null || before.requests < fewestRequests) {
    const deviation = Math.sqrt((assumedErrorShare * (1 - assumedErrorShare)) / requests);
    return rate - assumedErrorShare > sure * deviation ? `${said}; v${oldVersion} had no traffic` : null;
  }
  if (rate - before.errors / before.requests < leastRise) return null;
  if (zScore(errors, requests, before.errors, before.requests) < sure) return null;
  return `${said}, of v${oldVersion} ${before.errors} of ${before.requests} (${percentOf(before.errors, before.requests)})`;
}

/** A p99 above a limit is a share of more than 1 % above it: so it is told from chance like a share of errors. */
function worseLatency(fresh: Figures, before: Figures, oldVersion: number): string | null {
  if (Math.min(fresh.requests, before.requests) < fewestForLatency) return null;
  const old = p99Of(before);
  const limit = Math.max(latencyFactor * old, old + latencyRiseMs);
  const slow = slowerThan(fresh, limit);
  if (slow <= 0.01 * fresh.requests) return null;
  if (zScore(slow, fresh.requests, slowerThan(before, limit), before.requests) < sureAtEnd) return null;
  return `a p99 of ${latencyText(p99Of(fresh))} over ${fresh.requests} requests, of v${oldVersion} ${latencyText(old)} over ${before.requests}`;
}

/** The two-proportion z-test with pooled variance: by how many standard deviations the first share is above the second. */
function zScore(hits: number, of: number, hitsBefore: number, ofBefore: number): number {
  const pooled = (hits + hitsBefore) / (of + ofBefore);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / of + 1 / ofBefore));
  return deviation === 0 ? 0 : (hits / of - hitsBefore / ofBefore) / deviation;
}

/** What who did not watch hears of a bake that failed. */
export function takenBackText({ version, words }: Bake): string {
  const [why] = (words ?? "").split("\n");
  return `While v${version} baked, traffic ${why}. See paas releases:info v${version}; push a correction, or try it again: paas releases:retry v${version}`;
}
