import { safeLines } from "./log-text";

/** One line of an app's log before it is written. */
export interface LogLine {
  at: Date;
  /** `app`: the app's own output; `paas`: what the platform says about it. */
  from: "app" | "paas";
  /** Who is meant: an instance (`web.1`, `run.1234`) or a part of the platform (`router`, `build`, `api`). */
  place: string;
  /** Any text, not yet made safe. */
  text: string;
}

export const logSources = ["app", "paas", "router", "build"] as const;
export type LogSource = (typeof logSources)[number];

/** Which lines are wanted; all that are given must hold. */
export interface LogFilter {
  /** Process type: `web` means `web.1`, `web.2`, ... */
  type?: string;
  /** e.g. `web.1` */
  instance?: string;
  /** `paas` is everything the platform says, `router` and `build` are parts of it. */
  source?: LogSource;
}

const headPattern = /^\S+ (app|paas)\[([^\]]*)\]: /;

/** A rendered line in its parts; `time` is ISO 8601 in UTC. Null for what is no such line. */
export function partsOfLogLine(rendered: string): (Omit<LogLine, "at"> & { time: string }) | null {
  const [head, from, place] = headPattern.exec(rendered) ?? [];
  if (head === undefined || place === undefined || (from !== "app" && from !== "paas")) return null;
  return { time: rendered.slice(0, rendered.indexOf(" ")), from, place, text: rendered.slice(head.length) };
}

/** The lines of `2026-11-20T10:00:00.000Z app[web.1]: text` that one LogLine becomes: several when its text holds line breaks or is too long. */
export function renderLogLine(line: LogLine): string[] {
  const head = `${line.at.toISOString()} ${line.from}[${line.place}]: `;
  return safeLines(line.text).map((text) => head + text);
}

/** A test of rendered lines; a line that has no such head passes only the empty filter. */
export function matcherOf(filter: LogFilter): (rendered: string) => boolean {
  if (filter.type === undefined && filter.instance === undefined && filter.source === undefined)
    return () => true;
  return (rendered) => {
    const [, from, place] = headPattern.exec(rendered) ?? [];
    if (from === undefined || place === undefined) return false;
    if (filter.instance !== undefined && place !== filter.instance) return false;
    if (filter.type !== undefined && typeOf(place) !== filter.type) return false;
    return filter.source === undefined || isFrom(filter.source, from, place);
  };
}

const typeOf = (place: string): string => place.replace(/\.\d+$/, "");

function isFrom(source: LogSource, from: string, place: string): boolean {
  if (source === "router" || source === "build") return from === "paas" && place === source;
  return from === source;
}
