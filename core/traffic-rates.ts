import { addLatency, quantileOf } from "./figures";
import type { Metrics, Series } from "./metrics";

/** What an app's requests were like over a time. */
export interface AppRates {
  app: string;
  requestsPerSecond: number;
  /** Of answers with 5xx, 0 to 1; 0 without requests. */
  errorShare: number;
  /** Null without requests. */
  p50Ms: number | null;
  p99Ms: number | null;
  /** At the end of the time, streams included. */
  inFlight: number;
}

/** Metrics at a time, with the names of all apps by id. */
export interface MetricsAt extends Metrics {
  atMs: number;
  apps: Record<string, string>;
}

/** What happened between two looks, app by app, the busiest first. */
export function ratesBetween(before: MetricsAt, after: MetricsAt): AppRates[] {
  const seconds = Math.max(0.001, (after.atMs - before.atMs) / 1_000);
  const known = new Map(before.series.map((one) => [keyOf(one), one]));
  const news = after.series.map((one) => since(known.get(keyOf(one)), one));
  const rates = Object.entries(after.apps).map(([appId, app]) => {
    const inFlight = after.inFlight.filter((one) => one.appId === appId);
    return {
      app,
      ...figuresOf(
        news.filter((one) => one.appId === appId),
        seconds,
      ),
      inFlight: inFlight.reduce((sum, { requests }) => sum + requests, 0),
    };
  });
  return rates.sort((a, b) => b.requestsPerSecond - a.requestsPerSecond || a.app.localeCompare(b.app));
}

function figuresOf(series: Series[], seconds: number): Omit<AppRates, "app" | "inFlight"> {
  const sum = (chosen: Series[]) => chosen.reduce((total, { requests }) => total + requests, 0);
  const requests = sum(series);
  const latency = series.reduce<number[]>((all, one) => addLatency(all, one.latency), []);
  const timed = latency.some((count) => count > 0);
  return {
    requestsPerSecond: requests / seconds,
    errorShare: requests === 0 ? 0 : sum(series.filter(({ status }) => status === "5xx")) / requests,
    p50Ms: timed ? quantileOf(latency, 0.5) : null,
    p99Ms: timed ? quantileOf(latency, 0.99) : null,
  };
}

const keyOf = ({ appId, instance, status }: Series): string => `${appId} ${instance} ${status}`;

/** A router that began anew has begun to count anew. */
function since(before: Series | undefined, after: Series): Series {
  if (before === undefined || before.requests > after.requests) return after;
  return {
    ...after,
    requests: after.requests - before.requests,
    ms: after.ms - before.ms,
    latency: after.latency.map((count, bucket) => count - (before.latency[bucket] ?? 0)),
  };
}
