import { z } from "zod";
import { date, heartbeat, streamError } from "./parts";

/** `web`, `web.1`; without: everything. */
export const restartSchema = z.strictObject({ what: z.string().optional() });

export const restartViewSchema = z.object({ instances: z.array(z.string()) });
export type RestartView = z.infer<typeof restartViewSchema>;

export const instanceViewSchema = z.object({
  /** web.1 */
  name: z.string(),
  type: z.string(),
  slot: z.number().int(),
  command: z.string().nullable(),
  version: z.number().int(),
  state: z.enum(["starting", "up", "idle", "crashed", "down"]),
  since: date,
  /** Of a crashed one. */
  exitCode: z.number().int().nullable(),
  /** Why it is not well: out of memory, a health check that failed. */
  reason: z.string().nullable(),
  /** The last it wrote, of a crashed one. */
  lastLines: z.array(z.string()),
});
export type InstanceView = z.infer<typeof instanceViewSchema>;

/** One line of NDJSON: a heartbeat, or the instances once all is as wanted. */
export const settleLineSchema = z.union([
  heartbeat,
  streamError,
  z.object({ instances: z.array(instanceViewSchema) }),
]);
export type SettleLine = z.infer<typeof settleLineSchema>;
