import { type CronJob, jobText } from "./cron";
import { checkDetails, type HealthChecks } from "./healthcheck";
import type { ProcessTypes, Release } from "./release";

/** What is compared of a release. */
export type Compared = Pick<
  Release,
  "version" | "image" | "commit" | "processTypes" | "healthChecks" | "cron"
> & {
  config: Record<string, string>;
};

/** A null on one side: there it does not exist. */
export interface Change {
  name: string;
  from: string | null;
  to: string | null;
}

export interface ReleaseDiff {
  from: number;
  to: number;
  /** Null when both run the same image. */
  image: { from: string | null; to: string | null } | null;
  /** Null when both have the same commit. */
  commits: { from: string | null; to: string | null } | null;
  /** Commands, by process type. */
  processTypes: Change[];
  /** By process type and number: `web.1` is the first check of web. */
  healthChecks: Change[];
  /** The schedule: `cron.1` is its first line. */
  cron: Change[];
  /** Values in clear: whoever shows them to people masks them. */
  config: Change[];
}

/** What changed between two releases. */
export function diffReleases(from: Compared, to: Compared): ReleaseDiff {
  return {
    from: from.version,
    to: to.version,
    image: sides(from.image?.id ?? null, to.image?.id ?? null),
    commits: sides(from.commit, to.commit),
    processTypes: changes(commandsOf(from.processTypes), commandsOf(to.processTypes)),
    healthChecks: changes(checksOf(from.healthChecks), checksOf(to.healthChecks)),
    cron: changes(scheduleOf(from.cron), scheduleOf(to.cron)),
    config: changes(from.config, to.config),
  };
}

/** Names whose values differ, sorted. */
export function changes(from: Record<string, string>, to: Record<string, string>): Change[] {
  const valueAt = (side: Record<string, string>, name: string) =>
    Object.hasOwn(side, name) ? (side[name] ?? null) : null;
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .sort()
    .map((name) => ({ name, from: valueAt(from, name), to: valueAt(to, name) }))
    .filter((change) => change.from !== change.to);
}

/** The same changes with what they show of values, but not the values. */
export const masked = (list: Change[]): Change[] =>
  list.map(({ name, from, to }) => ({
    name,
    from: from === null ? null : mask,
    to: to === null ? null : mask,
  }));

export const mask = "****";

const imagesOwn = "(the image's own command)";

const commandsOf = (types: ProcessTypes): Record<string, string> =>
  Object.fromEntries(Object.entries(types).map(([type, { command }]) => [type, command ?? imagesOwn]));

/** Each check by its process type and number: `{"web.1": "startup check (GET /health), ..."}`. */
export const checksOf = (checks: HealthChecks): Record<string, string> =>
  Object.fromEntries(
    Object.entries(checks).flatMap(([type, list]) =>
      list.map((check, index) => [`${type}.${index + 1}`, checkDetails(check)]),
    ),
  );

/** Each line of a schedule by its number: `{"cron.1": "0 3 * * * (UTC) bin/report"}`. */
export const scheduleOf = (cron: CronJob[]): Record<string, string> =>
  Object.fromEntries(cron.map((job, index) => [`cron.${index + 1}`, jobText(job)]));

const sides = (from: string | null, to: string | null) => (from === to ? null : { from, to });
