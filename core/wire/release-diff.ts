import { z } from "zod";

/** Part of the HTTP API: comparing releases and promoting one. */
const change = z.object({
  name: z.string(),
  /** Null: it does not exist there. Values of config vars are masked unless asked for and allowed. */
  from: z.string().nullable(),
  to: z.string().nullable(),
});
const sides = z.object({ from: z.string().nullable(), to: z.string().nullable() }).nullable();

/** Null for image and commits: the same on both sides. */
export const releaseDiffSchema = z.object({
  from: z.number().int(),
  to: z.number().int(),
  image: sides,
  commits: sides,
  processTypes: z.array(change),
  healthChecks: z.array(change),
  cron: z.array(change),
  config: z.array(change),
});
export type ReleaseDiffView = z.infer<typeof releaseDiffSchema>;

/** What a promotion would bring: `from` of each config var is the source's, `to` the target's. */
export const promotionViewSchema = z.object({
  version: z.number().int(),
  description: z.string(),
  commit: z.string().nullable(),
  config: z.array(change),
});
export type PromotionView = z.infer<typeof promotionViewSchema>;
