import { bucketOf } from "../../../core/figures";
import { addMetrics, type Metrics, noMetrics } from "../../../core/metrics";
import { ratesBetween } from "../../../core/traffic-rates";
import { type Measured, Meter } from "../../../router/meter";
import { prometheusText } from "../../../router/prometheus";
import { PastMetrics } from "../../../router/workers/past-metrics";

const served = (more: Partial<Measured> = {}): Measured => ({
  appId: "a1",
  instance: "web.1",
  status: 200,
  code: null,
  ms: 3,
  stream: false,
  ...more,
});
const measured = (...all: Measured[]): Metrics => {
  const meter = new Meter();
  for (const one of all) meter.count(one);
  return { ...meter.read(), inFlight: [] };
};
/** As exact as buckets are, and never too small. */
const within = (ms: number) => expect.closeTo(ms * 2 ** (1 / 8), -Math.log10(ms * 0.2));
const latencyOf = (ms: number, count: number) => [...Array<number>(bucketOf(ms)).fill(0), count];

test("requests are counted by instance and class of status; streams have no duration; faults by their code", () => {
  const metrics = measured(
    served(),
    served({ ms: 4 }),
    served({ status: 204, ms: 1 }),
    served({ status: 503, instance: "", code: "H14", ms: 0 }),
    served({ status: 101, stream: true, ms: 60_000 }),
    served({ status: 0, instance: "web.2", ms: 9 }),
  );
  expect(metrics.series).toEqual([
    { appId: "a1", instance: "web.1", status: "1xx", requests: 1, ms: 0, latency: [] },
    {
      appId: "a1",
      instance: "web.1",
      status: "2xx",
      requests: 3,
      ms: 8,
      latency: [1, 0, 0, 0, 0, 0, 0, 1, 1],
    },
    { appId: "a1", instance: "", status: "5xx", requests: 1, ms: 0, latency: [1] },
    { appId: "a1", instance: "web.2", status: "none", requests: 1, ms: 9, latency: latencyOf(9, 1) },
  ]);
  expect(metrics.faults).toEqual([{ appId: "a1", code: "H14", requests: 1 }]);
});

test("an app that left the table is forgotten", () => {
  const meter = new Meter();
  meter.count(served());
  meter.count(served({ appId: "a2" }));
  meter.take({ a1: null, a2: {} });
  expect(meter.read().series.map(({ appId }) => appId)).toEqual(["a2"]);
});

test("what workers measured is added up, and stays when one of them has ended", () => {
  const one = measured(served(), served({ status: 502, code: "H13" }));
  const other: Metrics = {
    ...measured(served({ ms: 90 }), served({ status: 502, code: "H13" })),
    inFlight: [{ appId: "a1", instance: "web.1", requests: 2 }],
  };
  const sum = addMetrics([one, other]);
  expect(sum.series.map(({ status, requests, ms }) => [status, requests, ms])).toEqual([
    ["2xx", 2, 93],
    ["5xx", 2, 6],
  ]);
  expect(sum.faults).toEqual([{ appId: "a1", code: "H13", requests: 2 }]);
  const past = new PastMetrics();
  past.keep(other);
  expect(past.with([one], { a1: {} })).toEqual({
    series: expect.arrayContaining(sum.series),
    faults: sum.faults,
    inFlight: [],
  });
  expect(past.with([], {})).toEqual(noMetrics);
});

test("the text for Prometheus: cumulative buckets, seconds, names instead of ids, nothing that breaks a label", () => {
  const metrics = {
    ...measured(served({ ms: 3 }), served({ ms: 100 }), served({ ms: 2_000_000 })),
    inFlight: [{ appId: "a1", instance: "web.1", requests: 7 }],
    faults: [{ appId: "a1", code: "H12", requests: 1 }],
  };
  const text = prometheusText(metrics, () => 'sh"op\\');
  const app = 'app="sh\\"op\\\\"';
  const labels = `${app},instance="web.1",status="2xx"`;
  const name = "paas_request_duration_seconds";
  expect(text).toContain(`paas_requests_total{${labels}} 3\n`);
  expect(text).toContain(`${name}_bucket{${labels},le="0.002"} 0\n`);
  expect(text).toContain(`${name}_bucket{${labels},le="0.004"} 1\n`);
  expect(text).toContain(`${name}_bucket{${labels},le="0.128"} 2\n`);
  expect(text).toContain(`${name}_bucket{${labels},le="+Inf"} 3\n`);
  expect(text).toContain(`${name}_sum{${labels}} 2000.103\n`);
  expect(text).toContain(`${name}_count{${labels}} 3\n`);
  expect(text).toContain(`paas_requests_in_flight{${app},instance="web.1"} 7\n`);
  expect(text).toContain(`paas_router_faults_total{${app},code="H12"} 1\n`);
  for (const line of text.trimEnd().split("\n"))
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+\{([a-z]+="([^"\\]|\\.)*",?)+\} [\d.]+)$/);
});

test("between two looks: rate, share of 5xx and latencies of what came in between; a router that began anew counts from nothing", () => {
  const at = (atMs: number, metrics: Metrics) => ({ atMs, apps: { a1: "shop", a2: "blog" }, ...metrics });
  const early = [served(), served({ status: 500 })];
  const late = [...early, served({ ms: 100 }), served({ ms: 100 }), served({ ms: 100, status: 502 })];
  const before = at(1_000, measured(...early, served({ appId: "a2", ms: 5 }), served({ appId: "a2" })));
  const after = at(3_000, measured(...late, served({ appId: "a2", ms: 5 })));
  expect(ratesBetween(before, after)).toEqual([
    {
      app: "shop",
      requestsPerSecond: 1.5,
      errorShare: 1 / 3,
      p50Ms: within(100),
      p99Ms: within(100),
      inFlight: 0,
    },
    expect.objectContaining({ app: "blog", requestsPerSecond: 0.5 }),
  ]);
  expect(ratesBetween(before, before)[0]).toEqual({
    app: "blog",
    requestsPerSecond: 0,
    errorShare: 0,
    p50Ms: null,
    p99Ms: null,
    inFlight: 0,
  });
});
