import { z } from "zod";
import { garbageKinds } from "../garbage";

export const collectSchema = z.strictObject({ dryRun: z.boolean().optional() });

export const garbageReportSchema = z.object({
  /** Nothing was removed: this is what would be. */
  dryRun: z.boolean(),
  items: z.array(
    z.object({ kind: z.enum(garbageKinds), name: z.string(), bytes: z.number().int(), why: z.string() }),
  ),
  bytes: z.number().int(),
});
export type GarbageReport = z.infer<typeof garbageReportSchema>;
