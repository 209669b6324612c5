import { z } from "zod";
import { baseSchema, buildStatuses } from "../build";
import { date, heartbeat, streamError } from "./parts";
import { releaseViewSchema } from "./release";

export const buildViewSchema = z.object({
  id: z.string(),
  commit: z.string(),
  ref: z.string(),
  /** What was uploaded, e.g. `directory shop`; null for a push. */
  upload: z.string().nullable(),
  status: z.enum(buildStatuses),
  actor: z.string(),
  failure: z.string().nullable(),
  /** The images that its image was made of, as they were then. */
  bases: z.array(baseSchema),
  /** For its app's build before it, or for one of the platform's places; null when it does not wait. */
  waiting: z.object({ place: z.number().int(), reason: z.enum(["app", "platform"]) }).nullable(),
  createdAt: date,
  startedAt: date.nullable(),
  finishedAt: date.nullable(),
});
export type BuildView = z.infer<typeof buildViewSchema>;

/** One line of NDJSON: a chunk of output (not cut at lines), a heartbeat, or the build as it ended (and, attached, its release). */
export const buildStreamLineSchema = z.union([
  z.object({ text: z.string() }),
  heartbeat,
  streamError,
  z.object({ build: buildViewSchema, release: releaseViewSchema.nullable().optional() }),
]);
export type BuildStreamLine = z.infer<typeof buildStreamLineSchema>;

/** The build whose source is built again; without one: that of what runs. */
export const rebuildSchema = z.strictObject({ build: z.string().optional() });

/** What an upload is called: one line for people. */
export const uploadNameSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{C}*$/u, "must be one line of text");
