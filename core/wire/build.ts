import { z } from "zod";
import { buildStatuses } from "../build";
import { date, heartbeat, streamError } from "./parts";

export const buildViewSchema = z.object({
  id: z.string(),
  commit: z.string(),
  ref: z.string(),
  status: z.enum(buildStatuses),
  actor: z.string(),
  failure: z.string().nullable(),
  createdAt: date,
  startedAt: date.nullable(),
  finishedAt: date.nullable(),
});
export type BuildView = z.infer<typeof buildViewSchema>;

/** One line of NDJSON: a chunk of output (not cut at lines), a heartbeat, or the build as it ended. */
export const buildStreamLineSchema = z.union([
  z.object({ text: z.string() }),
  heartbeat,
  streamError,
  z.object({ build: buildViewSchema }),
]);
export type BuildStreamLine = z.infer<typeof buildStreamLineSchema>;
