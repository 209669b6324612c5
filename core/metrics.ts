import { addLatency } from "./figures";

/** `none`: the client left before it had an answer. */
export const statusClasses = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"] as const;
export type StatusClass = (typeof statusClasses)[number];

/** What was counted of one app's requests to one instance, with answers of one class; since the router began. */
export interface Series {
  appId: string;
  /** Its place, such as `web.1`, whoever has been there; empty for what the router answered by itself. */
  instance: string;
  status: StatusClass;
  /** Streams included. */
  requests: number;
  /** What these took together, without streams, in milliseconds. */
  ms: number;
  /** By latency bucket (figures.ts), without streams; empty buckets at the end left out. */
  latency: number[];
}

/** What routers measure: series rise only, what is in flight is now. */
export interface Metrics {
  series: Series[];
  inFlight: { appId: string; instance: string; requests: number }[];
  /** Requests that the router ended, by its own code (H12). */
  faults: { appId: string; code: string; requests: number }[];
}

export const noMetrics: Metrics = { series: [], inFlight: [], faults: [] };

/** What several measured, as if one had. */
export function addMetrics(all: readonly Metrics[]): Metrics {
  return {
    series: together(
      all.flatMap(({ series }) => series),
      ({ appId, instance, status }) => `${appId} ${instance} ${status}`,
      addSeries,
    ),
    inFlight: together(
      all.flatMap(({ inFlight }) => inFlight),
      ({ appId, instance }) => `${appId} ${instance}`,
      addRequests,
    ),
    faults: together(
      all.flatMap(({ faults }) => faults),
      ({ appId, code }) => `${appId} ${code}`,
      addRequests,
    ),
  };
}

function together<T>(all: T[], keyOf: (one: T) => string, add: (one: T, other: T) => T): T[] {
  const sums = new Map<string, T>();
  for (const one of all) {
    const sum = sums.get(keyOf(one));
    sums.set(keyOf(one), sum === undefined ? one : add(sum, one));
  }
  return [...sums.values()];
}

const addSeries = (one: Series, other: Series): Series => ({
  ...one,
  requests: one.requests + other.requests,
  ms: one.ms + other.ms,
  latency: addLatency(one.latency, other.latency),
});

const addRequests = <T extends { requests: number }>(one: T, other: T): T => ({
  ...one,
  requests: one.requests + other.requests,
});
