import { z } from "zod";

const countSchema = z.number().int().min(0);

export const routerWorkerSchema = z.object({
  pid: z.number().int(),
  /** leaving: it accepts nothing any more, and ends when what it serves has ended. */
  state: z.enum(["starting", "serving", "leaving"]),
  /** Of the table that it routes by. */
  version: z.number().int(),
  connections: countSchema,
  /** Requests to apps, and how many of them are streams. */
  inFlight: countSchema,
  streams: countSchema,
});
export type RouterWorkerView = z.infer<typeof routerWorkerSchema>;

/** The router's processes, and how its last reload went. */
export const routerViewSchema = z.object({
  workers: z.array(routerWorkerSchema),
  /** starting: new workers begin · leaving: they serve, and the old ones finish · done · failed: the old ones go on. null: none yet. */
  reload: z
    .object({ state: z.enum(["starting", "leaving", "done", "failed"]), reason: z.string().nullable() })
    .nullable(),
});
export type RouterView = z.infer<typeof routerViewSchema>;
