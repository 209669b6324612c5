import { z } from "zod";
import { cronJobSchema } from "../cron";
import { runKinds, runOutcomes } from "../one-off";
import { date } from "./parts";

/**
 * `run` over WebSocket. The client's first message is text: RunStart as JSON. Then binary messages, whose first byte is a channel:
 * client 0 = stdin data (empty = end of stdin), 1 = resize (two big-endian uint16: columns, rows), 2 = signal name in ASCII;
 * server 1 = stdout, 2 = stderr, 3 = the end: JSON RunEnd. The server pings at least every 20 s.
 */
export const runStartSchema = z.strictObject({
  words: z.array(z.string()).min(1),
  tty: z.boolean(),
  stdin: z.boolean(),
  env: z.record(z.string(), z.string()),
  columns: z.number().int().min(1).max(1000).optional(),
  rows: z.number().int().min(1).max(1000).optional(),
});
export type RunStart = z.infer<typeof runStartSchema>;

export const detachedRunSchema = z.strictObject({
  words: z.array(z.string()).min(1),
  env: z.record(z.string(), z.string()),
});
export type DetachedRun = z.infer<typeof detachedRunSchema>;

export const runViewSchema = z.object({
  /** run.1234 */
  name: z.string(),
  kind: z.enum(runKinds),
  command: z.string(),
  version: z.number().int(),
  actor: z.string(),
  /** The time of the schedule that it stands for; null when somebody asked for it. */
  dueAt: date.nullable(),
  startedAt: date,
  endedAt: date.nullable(),
  exitCode: z.number().int().nullable(),
  outcome: z.enum(runOutcomes).nullable(),
});
export type RunView = z.infer<typeof runViewSchema>;

export const cronViewSchema = cronJobSchema.extend({
  /** cron.1 */
  name: z.string(),
  nextAt: date.nullable(),
});
export type CronView = z.infer<typeof cronViewSchema>;

export const runEndSchema = z.object({ exitCode: z.number().int(), error: z.string().optional() });
export type RunEnd = z.infer<typeof runEndSchema>;
