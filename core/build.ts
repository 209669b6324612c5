import { z } from "zod";
import { buildSettingsSchema } from "./build-settings";
import { cronJobSchema } from "./cron";
import { healthChecksSchema } from "./healthcheck";

export const buildStatuses = ["queued", "running", "succeeded", "failed", "cancelled", "superseded"] as const;
export type BuildStatus = (typeof buildStatuses)[number];

/** One attempt to turn a commit into an image. */
export interface Build {
  id: string;
  appId: string;
  commit: string;
  /** The deploy ref it was pushed to, e.g. refs/heads/main, or the one of uploads. */
  ref: string;
  /** The ref's old commit as the pusher knew it (40 zeros: none); it is his lease on the tip. */
  oldCommit: string;
  /** What was uploaded, as who did it calls it, e.g. `directory shop`; null for a push. */
  upload: string | null;
  status: BuildStatus;
  actor: string;
  failure: string | null;
  result: BuildResult | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** An image that another one was made of: as it was called, and its registry's digest, or the engine's content id if it has none. */
export const baseSchema = z.object({ image: z.string(), digest: z.string() });
export type Base = z.infer<typeof baseSchema>;

const processTypes = z.record(z.string(), z.object({ command: z.string().nullable() }));

/** How many builds run at once unless a setting says it. */
export const buildsAtOnceFor = (cores: number): number => Math.max(1, Math.min(cores, 4));

/** Memory of a build step unless a setting says it. */
export const buildMemoryMbFor = (machineBytes: number): number =>
  Math.max(256, Math.min(4096, Math.floor(machineBytes / 2 / 2 ** 20)));

/** How a builder holds builds: null when they are within their limits, else why they are not. */
export const sandboxReportSchema = z.object({ unlimited: z.string().nullable() });
export type SandboxReport = z.infer<typeof sandboxReportSchema>;

/** What a builder hands back for a build that succeeded. */
export const buildResultSchema = z.object({
  image: z.object({
    id: z.string(),
    ref: z.string(),
    madeBy: z.enum(["buildpack", "dockerfile"]),
    port: z.number().int(),
    launcher: z.string().optional(),
  }),
  /** What it was made of; builds of earlier versions do not say. */
  bases: z.array(baseSchema).optional(),
  processTypes,
  /** app.json's formation; counts for the first deploy only. */
  quantities: z.record(z.string(), z.number().int()),
  /** app.json's health checks. */
  healthChecks: healthChecksSchema.default({}),
  /** app.json's schedule. */
  cron: z.array(cronJobSchema).default([]),
});
export type BuildResult = z.infer<typeof buildResultSchema>;

/** The BullMQ job `build` of queue `builds`; its job id is the build id. Everything else the builder needs is in the archive. */
export const buildJobSchema = z.object({
  buildId: z.string(),
  appId: z.string(),
  appName: z.string(),
  commit: z.string(),
  commitDate: z.string(),
  /** Where the source archive (an uncompressed tar of the tree, paths relative to its root) is fetched from ... */
  sourceUrl: z.string(),
  /** ... and the bearer token for it, good for this build alone. */
  sourceToken: z.string(),
  /** Where the app's build config is, for the same token; absent when there is none. */
  configUrl: z.string().optional(),
  /** e.g. main */
  branch: z.string().optional(),
  settings: buildSettingsSchema.optional(),
  /** Procfile and app.json of the root, read as git blobs; null when the commit has none. */
  procfile: z.string().nullable(),
  appJson: z.string().nullable(),
});
export type BuildJob = z.infer<typeof buildJobSchema>;

/** The job's return value. A build that fails is a result, not an exception; an exception means the builder itself had trouble. */
export const buildOutcomeSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("succeeded"), result: buildResultSchema }),
  z.object({ status: z.literal("failed"), message: z.string() }),
]);
export type BuildOutcome = z.infer<typeof buildOutcomeSchema>;
