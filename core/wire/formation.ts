import { z } from "zod";

/** Words of ps:scale, e.g. ["web=2", "worker+1"]. */
export const scaleSchema = z.strictObject({ words: z.array(z.string()).min(1) });
export type Scale = z.infer<typeof scaleSchema>;

export const formationViewSchema = z.object({
  quantities: z.record(z.string(), z.number().int()),
  /** Quantities before the change, to say how to undo it. */
  previous: z.record(z.string(), z.number().int()),
});
export type FormationView = z.infer<typeof formationViewSchema>;

/** Durations as people write them, e.g. `30s`; what is absent stays. */
export const changeDrainSchema = z.strictObject({
  requests: z.string().optional(),
  streams: z.string().optional(),
});
export type ChangeDrain = z.infer<typeof changeDrainSchema>;

const drainSchema = z.object({ requestsMs: z.number().int(), streamsMs: z.number().int() });

export const drainViewSchema = drainSchema.extend({
  /** Before the change, to say how to undo it. */
  previous: drainSchema,
});
export type DrainView = z.infer<typeof drainViewSchema>;

/** A process type; without: all. */
export const stopSchema = z.strictObject({ type: z.string().optional() });

/** Words of resource:limit, e.g. {memory: "512m", cpu: "0.5"}; for one process type (or `run`), or for all. */
export const limitWishSchema = z.strictObject({
  type: z.string().optional(),
  memory: z.string().optional(),
  cpu: z.string().optional(),
  pids: z.string().optional(),
  disk: z.string().optional(),
});
export type LimitWish = z.infer<typeof limitWishSchema>;

const limits = z.record(
  z.string(),
  z.object({
    memoryMb: z.number().int(),
    cpus: z.number(),
    pids: z.number().int(),
    diskMb: z.number().int(),
  }),
);

export const limitsViewSchema = z.object({
  limits,
  /** Before the change, to say how to undo it. */
  previous: limits,
});
export type LimitsView = z.infer<typeof limitsViewSchema>;
