import type { Build, BuildResult } from "../../core/build";
import type { CronJob } from "../../core/cron";
import type { Config } from "../../core/env";
import type { HealthChecks } from "../../core/healthcheck";
import type { Image } from "../../core/image";
import type { ProcessTypes, Release, ReleaseReason } from "../../core/release";
import type { Sql } from "./database";

/** What a new release is made of, once it is known which release it follows. */
export interface Draft {
  buildId: string | null;
  image: Image | null;
  commit: string | null;
  ref: string | null;
  processTypes: ProcessTypes;
  healthChecks: HealthChecks;
  cron: CronJob[];
  config: Config;
  reason: ReleaseReason;
  description: string;
  actor: string;
  /** The release command is left out, in an emergency. */
  noReleasePhase?: boolean;
}

/** Decides the draft from the app's newest release that did not fail (null before the first) and that one's config. */
export type Drafting = (current: Release | null, currentConfig: Config, tx: Sql) => Promise<Draft> | Draft;

export interface LineOptions {
  /** What to do when a release is pending: `refuse` throws `busy` (with detail.version), `supersede` fails it. */
  whenPending: "refuse" | "supersede";
  /** The build that this release ends, in the same transaction. */
  build?: { build: Build; result: BuildResult };
}
