import { formatDuration } from "../core/duration";
import { latencyText, percentOf } from "../core/figures";
import type { BakeView } from "../core/wire";

/** How a bake stands, in one line: `bakes over v1 for 42 s more`. */
export function bakeText(bake: BakeView, now: Date): string {
  const { state, oldVersion } = bake;
  const reason = bake.reason?.split("\n")[0];
  const left = Math.max(0, Math.ceil((Date.parse(bake.endsAt) - now.getTime()) / 1_000));
  switch (state) {
    case "baking":
      return `bakes over v${oldVersion} for ${left} s more`;
    case "passed":
      return `passed its bake over v${oldVersion}`;
    case "failed":
      return `failed its bake: ${reason}`;
    default:
      return `stopped baking: ${reason}`;
  }
}

/** What was counted: the release, the one before it, and for how long when a router has forgotten something. */
export function bakeFields(bake: BakeView): [string, string][] {
  const { state, version, oldVersion, fresh, before, countedMs } = bake;
  if (state === "superseded" || state === "stopped") return [];
  if (!fresh) return [["Counted", "nothing: no router told"]];
  return [
    [`v${version}`, `${figuresText(fresh)}${forgotten(bake, countedMs)}`],
    [`v${oldVersion} before`, before ? figuresText(before) : "not counted"],
  ];
}

function figuresText({ requests, errors, p99Ms }: NonNullable<BakeView["fresh"]>): string {
  if (requests === 0) return "no requests";
  const many = `${requests} request${requests === 1 ? "" : "s"}`;
  return `${many}, ${errors} with 5xx (${percentOf(errors, requests)}), p99 ${latencyText(p99Ms)}`;
}

/** Routers tell each second, so a little less than the whole is no loss. */
const noLossMs = 3_000;

function forgotten({ startedAt, endedAt }: BakeView, countedMs: number | null): string {
  if (endedAt === null || countedMs === null) return "";
  const isWhole = countedMs + noLossMs > Date.parse(endedAt) - Date.parse(startedAt);
  const seconds = formatDuration(Math.round(countedMs / 1_000) * 1_000);
  return isWhole ? "" : `, counted over the last ${seconds} only: a router was started anew`;
}
