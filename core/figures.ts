/** Buckets of a latency histogram: four an octave, so that each is 19 % above the one before; the last one is for 15 min and more. */
export const latencyBuckets = 80;
const perOctave = 4;

/** What was counted of a release's requests. Streams are not in it: they are long by nature. */
export interface Figures {
  requests: number;
  /** Answers of 5xx by the app, and requests that the router had to end for a fault of the instance. */
  errors: number;
  /** Requests by latency bucket, from arrival to the last byte; empty buckets at the end left out. */
  latency: number[];
}

/** The bucket of a latency in milliseconds. */
export const bucketOf = (ms: number): number =>
  ms <= 1 ? 0 : Math.min(latencyBuckets - 1, Math.ceil(Math.log2(ms) * perOctave));

/** The greatest latency of a bucket. */
export const limitMsOf = (bucket: number): number => 2 ** (bucket / perOctave);

export const addFigures = (one: Figures, other: Figures): Figures => ({
  requests: one.requests + other.requests,
  errors: one.errors + other.errors,
  latency: addLatency(one.latency, other.latency),
});

export const addLatency = (one: readonly number[], other: readonly number[]): number[] =>
  Array.from(
    { length: Math.max(one.length, other.length) },
    (_, bucket) => (one[bucket] ?? 0) + (other[bucket] ?? 0),
  );

/** The latency that 99 of 100 requests did not exceed, to the precision of a bucket and never too small; 0 without requests. */
export const p99Of = ({ latency }: Pick<Figures, "latency">): number => quantileOf(latency, 0.99);

/** The latency that a share of the requests did not exceed, likewise. */
export function quantileOf(latency: readonly number[], share: number): number {
  const total = latency.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  const bucket = latency.findIndex((count) => {
    seen += count;
    return seen >= share * total && seen > 0;
  });
  return bucket < 0 ? 0 : limitMsOf(bucket);
}

/** How many requests certainly took longer than that. */
export const slowerThan = ({ latency }: Figures, ms: number): number =>
  latency.reduce((sum, count, bucket) => (bucket > 0 && limitMsOf(bucket - 1) >= ms ? sum + count : sum), 0);

/** `120 requests, 3 with 5xx (2.5 %), p99 36 ms`. */
export function figuresText(figures: Figures): string {
  const { requests, errors } = figures;
  const what = `${requests} request${requests === 1 ? "" : "s"}`;
  if (requests === 0) return what;
  return `${what}, ${errors} with 5xx (${percentOf(errors, requests)}), p99 ${latencyText(p99Of(figures))}`;
}

export const percentOf = (count: number, of: number): string =>
  `${of === 0 ? 0 : Number(((100 * count) / of).toFixed(1))} %`;

export const latencyText = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
