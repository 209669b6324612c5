import { latencyBuckets, limitMsOf } from "../core/figures";
import type { Metrics } from "../core/metrics";

/** Of the buckets that are kept, one an octave is told: 1 ms to 65.5 s. */
const toldBuckets = Array.from({ length: 17 }, (_, octave) => octave * 4).filter(
  (bucket) => bucket < latencyBuckets,
);

const durations = "paas_request_duration_seconds";

/** Metrics in the text form of Prometheus, version 0.0.4. `nameOf` gives the name of an app. */
export function prometheusText(
  { series, inFlight, faults }: Metrics,
  nameOf: (appId: string) => string,
): string {
  const named = <T extends { appId: string }>({ appId, ...rest }: T) => ({ app: nameOf(appId), ...rest });
  return [
    ...family("paas_requests_total", "counter", "Requests to apps, streams included."),
    ...series
      .map(named)
      .map(({ app, instance, status, requests }) =>
        line("paas_requests_total", { app, instance, status }, requests),
      ),
    ...family(durations, "histogram", "From arrival to the last byte, without streams."),
    ...series
      .map(named)
      .flatMap(({ app, instance, status, latency, ms }) => histogram({ app, instance, status }, latency, ms)),
    ...family("paas_router_faults_total", "counter", "Requests that the router ended, by its code."),
    ...faults.map(named).map(({ requests, ...labels }) => line("paas_router_faults_total", labels, requests)),
    ...family("paas_requests_in_flight", "gauge", "Requests and streams under way."),
    ...inFlight
      .map(named)
      .map(({ requests, ...labels }) => line("paas_requests_in_flight", labels, requests)),
    "",
  ].join("\n");
}

type Labels = Record<string, string>;

const family = (name: string, type: string, help: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

function histogram(labels: Labels, latency: readonly number[], ms: number): string[] {
  const upTo = (bucket: number) => latency.slice(0, bucket + 1).reduce((sum, count) => sum + count, 0);
  const total = upTo(latencyBuckets);
  return [
    ...toldBuckets.map((bucket) =>
      line(`${durations}_bucket`, { ...labels, le: String(limitMsOf(bucket) / 1_000) }, upTo(bucket)),
    ),
    line(`${durations}_bucket`, { ...labels, le: "+Inf" }, total),
    line(`${durations}_sum`, labels, Number((ms / 1_000).toFixed(6))),
    line(`${durations}_count`, labels, total),
  ];
}

function line(name: string, labels: Labels, value: number): string {
  const written = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}{${written.join(",")}} ${value}`;
}

const escaped = (value: string): string =>
  value.replace(/[\\"\n]/g, (char) => (char === "\n" ? "\\n" : `\\${char}`));
