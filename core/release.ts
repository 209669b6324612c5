import type { CronJob } from "./cron";
import type { HealthChecks } from "./healthcheck";
import type { Image } from "./image";

export const releaseReasons = ["deploy", "config", "rollback", "promote", "addon"] as const;
export type ReleaseReason = (typeof releaseReasons)[number];

/** A process type as a release runs it. `command` null means: the image's own ENTRYPOINT and CMD stand. */
export interface ProcessType {
  command: string | null;
}
export type ProcessTypes = Record<string, ProcessType>;

/** Image + config + process types + health checks + schedule as one immutable numbered version of an app. Its config values live encrypted in the store. */
export interface Release {
  id: string;
  appId: string;
  version: number;
  buildId: string | null;
  image: Image | null;
  commit: string | null;
  /** The deploy ref that was pushed, e.g. refs/heads/main; null unless reason is deploy. */
  ref: string | null;
  processTypes: ProcessTypes;
  healthChecks: HealthChecks;
  cron: CronJob[];
  /** Names of its config vars, sorted; values only through the store's readConfig. */
  configNames: string[];
  reason: ReleaseReason;
  /** `Deploy 1a2b3c4`, `Set A, B config vars`, `Rollback to v12`. */
  description: string;
  actor: string;
  parentVersion: number | null;
  createdAt: Date;
  state: ReleaseState;
  /** Why it failed; null otherwise. */
  failure: string | null;
  stateAt: Date;
  /** How its release command stands; null when it has none. */
  command: CommandState | null;
  commandEndedAt: Date | null;
}

/** `unknown`: it was started, and nobody will ever know how it ended. `skipped`: somebody chose --no-release-phase. */
export const commandStates = ["unstarted", "running", "succeeded", "failed", "unknown", "skipped"] as const;
export type CommandState = (typeof commandStates)[number];

export type ReleaseState = "pending" | "proven" | "failed";

/** The release special-cased by the platform: it runs to its end before anything else of a release starts. */
export const releaseProcessType = "release";

/** What logs call a release command: `release.12` is that of v12. */
export const commandPlace = (version: number): string => `${releaseProcessType}.${version}`;

export const hasCommand = (types: ProcessTypes): boolean => Object.hasOwn(types, releaseProcessType);

/** Process types that run as long-lived instances, i.e. all but `release`. */
export const runningTypes = (types: ProcessTypes): string[] =>
  Object.keys(types).filter((type) => type !== releaseProcessType);
