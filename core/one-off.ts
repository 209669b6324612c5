/** A person waits for an `attached` one-off; nobody for a `detached` one; `cron` ones are started by the schedule or by `cron:run`. */
export const runKinds = ["attached", "detached", "cron"] as const;
export type RunKind = (typeof runKinds)[number];

/**
 * How a one-off came to its end. `exited` by itself; `stopped` by somebody; `timed out` at its limit; `lost`: its container or whoever
 * was attached went away; `not started`; `skipped`: a due time met while the run before it was still under way.
 */
export const runOutcomes = ["exited", "stopped", "timed out", "lost", "not started", "skipped"] as const;
export type RunOutcome = (typeof runOutcomes)[number];

/** One run of a one-off, recorded before it starts. */
export interface Run {
  id: string;
  appId: string;
  /** `run.1234`, `cron.1` */
  name: string;
  kind: RunKind;
  command: string;
  version: number;
  actor: string;
  /** The time of the schedule that it stands for; null when somebody asked for it. */
  dueAt: Date | null;
  startedAt: Date;
  endedAt: Date | null;
  exitCode: number | null;
  outcome: RunOutcome | null;
}

/** An app's network leaves 15 addresses for one-offs and release commands. */
export const maxOneOffs = 10;

/** How long a one-off may run. */
export const oneOffLimitMs = 24 * 60 * 60_000;

/** Its limits are those of this process type (`resource:limit ... run`). */
export const oneOffType = "run";
