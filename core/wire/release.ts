import { z } from "zod";
import { commandStates, releaseReasons } from "../release";
import { switchCountSchema } from "../route";
import { bakeViewSchema } from "./bake";
import { date, heartbeat, streamError } from "./parts";

/** In an emergency: the release command is left out, which the ledger shows. */
export const noReleasePhase = z.boolean().optional();

const phaseMs = z.number().int().nullable();

/** What a release cost (core/receipt.ts); null: no such phase, or not over yet. */
export const receiptViewSchema = z.object({
  phases: z.object({
    receive: phaseMs,
    build: phaseMs,
    command: phaseMs,
    boot: phaseMs,
    switch: phaseMs,
    drain: phaseMs,
  }),
  /** From the switch to the drain's end; null when no router counted. */
  count: switchCountSchema.omit({ release: true }).nullable(),
  complete: z.boolean(),
});

export const releaseViewSchema = z.object({
  version: z.number().int(),
  description: z.string(),
  reason: z.enum(releaseReasons),
  actor: z.string(),
  commit: z.string().nullable(),
  createdAt: date,
  state: z.enum(["pending", "proven", "failed"]),
  failure: z.string().nullable(),
  /** Whether it is the newest release that did not fail. */
  current: z.boolean(),
  parentVersion: z.number().int().nullable(),
  processTypes: z.record(z.string(), z.object({ command: z.string().nullable() })),
  configNames: z.array(z.string()),
  /** What each check goes by, by process type and number: `web.1`. */
  healthChecks: z.record(z.string(), z.string()),
  /** The lines of the schedule, by number: `cron.1`. */
  cron: z.record(z.string(), z.string()),
  /** How its release command stands; null when it has none. */
  command: z.enum(commandStates).nullable(),
  /** Of a single release only; null when it never took over. */
  receipt: receiptViewSchema.nullable().optional(),
  /** How it fares in its bake; null when it has none. */
  bake: bakeViewSchema.nullable().optional(),
});
export type ReleaseView = z.infer<typeof releaseViewSchema>;

/** One line of NDJSON: transcript text for people, a heartbeat, or the end. */
export const followLineSchema = z.union([
  z.object({ line: z.string() }),
  heartbeat,
  streamError,
  z.object({ release: releaseViewSchema }),
]);
export type FollowLine = z.infer<typeof followLineSchema>;

/** One line of NDJSON: output of a release command, a heartbeat, or the release as it stands after that. */
export const releaseOutputLineSchema = z.union([
  z.object({ text: z.string() }),
  heartbeat,
  streamError,
  z.object({ release: releaseViewSchema }),
]);
export type ReleaseOutputLine = z.infer<typeof releaseOutputLineSchema>;

/** Without a version: the release before the current one. */
export const rollbackSchema = z.strictObject({
  version: z.number().int().min(1).optional(),
  noReleasePhase,
});
export type Rollback = z.infer<typeof rollbackSchema>;

/** `version` is what was looked at before. */
export const promoteSchema = z.strictObject({
  to: z.string(),
  version: z.number().int().min(1),
  noReleasePhase,
});
export type Promote = z.infer<typeof promoteSchema>;
