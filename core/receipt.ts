import type { Build } from "./build";
import type { Event } from "./event";
import type { SwitchCount } from "./route";

/** What the ledger keeps of a release's switch: written when it begins, completed when the drain of what it replaced has ended. */
export interface SwitchRecord {
  version: number;
  switchedAt: Date;
  /** From the change of the table until every router routed by it; null when a server died in between. */
  switchMs: number | null;
  drainedAt: Date | null;
  /** What routers counted from the switch to the drain's end; null when none was there to tell. */
  count: SwitchCount | null;
}

const phaseNames = ["receive", "build", "command", "boot", "switch", "drain"] as const;
export type PhaseName = (typeof phaseNames)[number];

/** What a release cost: how long each of its phases took in milliseconds (null: there was none, or it is not over), and what the switch did. */
export interface Receipt {
  phases: Record<PhaseName, number | null>;
  count: SwitchCount | null;
  /** False while what was replaced still drains. */
  complete: boolean;
}

/** Pure: the receipt of a release from what is known of its switch, its build (of a deploy) and its events. */
export function receiptOf(record: SwitchRecord, build: Build | null, events: Event[]): Receipt {
  const times = new Map<string, Date>();
  for (const event of events) {
    if ("version" in event.data && event.data.version !== record.version) continue;
    // Of several the first start and the last readiness before the switch count.
    const isLater = event.name === "instance:ready" && event.at <= record.switchedAt;
    if (!times.has(event.name) || isLater) times.set(event.name, event.at);
  }
  const between = (from: string, to: string) => span(times.get(from), times.get(to));
  const queued = events.find((event) => event.name === "build:queued" && event.data.buildId === build?.id);
  return {
    phases: {
      receive: queued?.name === "build:queued" ? (queued.data.receiveMs ?? null) : null,
      build: span(build?.startedAt, build?.finishedAt),
      command: between("command:started", "command:ended"),
      boot: between("instance:started", "instance:ready"),
      switch: record.switchMs,
      drain: record.drainedAt && Math.max(0, span(record.switchedAt, record.drainedAt) ?? 0),
    },
    count: record.count,
    complete: record.drainedAt !== null,
  };
}

const span = (from: Date | null | undefined, to: Date | null | undefined): number | null =>
  from && to ? to.getTime() - from.getTime() : null;

/** `receive 20 ms, build 1.2 s, boot 230 ms`: what there is of it. */
export function phasesText(phases: Receipt["phases"]): string {
  return phaseNames
    .flatMap((name) => {
      const ms = phases[name];
      return ms === null ? [] : [`${phaseWords[name]} ${durationText(ms)}`];
    })
    .join(", ");
}

const phaseWords: Record<PhaseName, string> = {
  receive: "receive",
  build: "build",
  command: "release command",
  boot: "boot",
  switch: "switch",
  drain: "drain",
};

/** `34 requests, 0 failed, slowest 120 ms, 2 streams drained`. */
export function countText(count: Omit<SwitchCount, "release">): string {
  const slowest = count.requests > 0 ? `, slowest ${durationText(count.slowestMs)}` : "";
  return `${counted(count.requests, "request")} served, ${count.failed} failed${slowest}, ${counted(count.streams, "stream")} drained`;
}

/** Of a switch without a count. */
export const notCounted = "not counted: no router saw the whole of it, from the switch to the drain's end";

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** For people: `850 ms`, `5.1 s`, `2 min 3 s`. */
export const durationText = (ms: number): string =>
  ms < 1_000
    ? `${Math.round(ms)} ms`
    : ms < 60_000
      ? `${(ms / 1_000).toFixed(1)} s`
      : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
