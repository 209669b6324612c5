import { sumReports, type WorkerReport } from "../../../router/report";

const told = (more: Partial<WorkerReport> = {}): WorkerReport => ({
  version: 7,
  inFlight: {},
  streams: {},
  switches: {},
  bakes: {},
  ...more,
});
const switched = (release: number, requests: number, slowestMs: number) => ({
  release,
  requests,
  failed: 1,
  slowestMs,
  streams: 2,
});

test("what workers count is added up, by the table that all of them have", () => {
  const one = told({ version: 8, inFlight: { i1: 2, i2: 1 }, streams: { i1: 1 } });
  const other = told({ inFlight: { i1: 3 }, streams: { i2: 1 } });
  expect(sumReports([one, other], 9)).toMatchObject({
    version: 7,
    inFlight: { i1: 5, i2: 1 },
    streams: { i1: 1, i2: 1 },
  });
});

test("no workers have nothing in flight, and whatever table there is", () => {
  expect(sumReports([], 9)).toEqual(told({ version: 9 }));
});

test("of workers that are at different releases the newer one's counts are told", () => {
  const reports = [
    told({ switches: { a: switched(3, 10, 40), b: switched(1, 1, 1) } }),
    told({ switches: { a: switched(4, 5, 20) } }),
    told({ switches: { a: switched(4, 6, 90) } }),
  ];
  expect(sumReports(reports, 0).switches).toEqual({
    a: { release: 4, requests: 11, failed: 2, slowestMs: 90, streams: 4 },
    b: switched(1, 1, 1),
  });
});

test("of a release that bakes, both sides of the switch are added up over those that saw them", () => {
  const figures = (requests: number) => ({ requests, errors: 1, latency: [requests] });
  const bake = (countedMs: number, before: number | null) => ({
    release: 4,
    fresh: figures(10),
    countedMs,
    before: before === null ? null : { release: 3, ...figures(before) },
  });
  const reports = [bake(900, 5), bake(800, null), bake(850, 6)].map((one) => told({ bakes: { a: one } }));
  expect(sumReports(reports, 0).bakes).toEqual({
    a: {
      release: 4,
      fresh: { requests: 30, errors: 3, latency: [30] },
      countedMs: 800,
      before: { release: 3, requests: 11, errors: 2, latency: [11] },
    },
  });
});
