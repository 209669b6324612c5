import { z } from "zod";
import { latencyBuckets } from "../figures";
import { type Metrics, statusClasses } from "../metrics";

const countSchema = z.number().min(0);

/** What the router measured since it began (core/metrics.ts): the difference of two of them is what happened in between. */
export const metricsViewSchema = z.object({
  /** Milliseconds that only rise. */
  atMs: z.number(),
  /** Names of all apps, by id. */
  apps: z.record(z.string(), z.string()),
  series: z.array(
    z.object({
      appId: z.string(),
      instance: z.string(),
      status: z.enum(statusClasses),
      requests: countSchema,
      ms: countSchema,
      latency: z.array(countSchema).max(latencyBuckets),
    }),
  ),
  inFlight: z.array(z.object({ appId: z.string(), instance: z.string(), requests: countSchema })),
  faults: z.array(z.object({ appId: z.string(), code: z.string(), requests: countSchema })),
}) satisfies z.ZodType<Metrics>;
export type MetricsView = z.infer<typeof metricsViewSchema>;
