import type { Build } from "../../../core/build";
import type { Event, EventMap, EventName } from "../../../core/event";
import { countText, phasesText, receiptOf, type SwitchRecord } from "../../../core/receipt";

const time = (ms: number) => new Date(1_000_000 + ms);
const event = <N extends EventName>(ms: number, name: N, data: EventMap[N]): Event =>
  ({ id: ms, at: time(ms), appId: "shop", name, data, actor: "paas" }) as Event;
const instance = (name: string, version = 2) => ({ instance: name, instanceId: `${name}-id`, version });
const record: SwitchRecord = {
  version: 2,
  switchedAt: time(5_000),
  switchMs: 14,
  drainedAt: time(6_500),
  count: { release: 2, requests: 7, failed: 0, slowestMs: 90, streams: 1 },
};
const build = { id: "b1", startedAt: time(100), finishedAt: time(2_100) } as Build;
const history = [
  event(20, "build:queued", { buildId: "b1", commit: "c", receiveMs: 33 }),
  event(2_200, "release:created", { version: 2, description: "Deploy" }),
  event(2_300, "instance:started", instance("web.1")),
  event(2_400, "instance:started", instance("web.2")),
  event(3_000, "instance:ready", { ...instance("web.1"), check: "http" }),
  event(3_300, "instance:ready", { ...instance("web.2"), check: "http" }),
  // After the switch a crashed one came back, and another release has times of its own.
  event(9_000, "instance:ready", { ...instance("web.1"), check: "http" }),
  event(1_000, "instance:started", instance("web.1", 1)),
];

test("a deploy's receipt has the time of each phase; the boot lasts until the last instance is ready", () => {
  expect(receiptOf(record, build, history)).toEqual({
    phases: { receive: 33, build: 2_000, command: null, boot: 1_000, switch: 14, drain: 1_500 },
    count: record.count,
    complete: true,
  });
});

test("a release that was not built has no build, and one that still drains is not complete", () => {
  const { phases, complete } = receiptOf({ ...record, drainedAt: null }, null, history.slice(1));
  expect(phases).toMatchObject({ receive: null, build: null, boot: 1_000, drain: null });
  expect(complete).toBe(false);
});

test("it reads like this", () => {
  const phases = { receive: 33, build: 2_000, command: null, boot: 231, switch: 14, drain: 125_000 };
  expect(phasesText(phases)).toBe("receive 33 ms, build 2.0 s, boot 231 ms, switch 14 ms, drain 2 min 5 s");
  expect(countText({ requests: 1, failed: 0, slowestMs: 90, streams: 1 })).toBe(
    "1 request served, 0 failed, slowest 90 ms, 1 stream drained",
  );
  expect(countText({ requests: 0, failed: 0, slowestMs: 0, streams: 0 })).toBe(
    "0 requests served, 0 failed, 0 streams drained",
  );
});
