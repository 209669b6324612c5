import { z } from "zod";

export const whoamiSchema = z.object({
  name: z.string(),
  admin: z.boolean(),
  apps: z.record(z.string(), z.string()),
});
export type Whoami = z.infer<typeof whoamiSchema>;

export const platformStatusSchema = z.object({
  version: z.string(),
  platform: z.string(),
  apps: z.number().int(),
  engine: z.object({ version: z.string(), apiVersion: z.string() }),
  routers: z.array(z.object({ routerId: z.string(), version: z.number().int() })),
  tableVersion: z.number().int(),
});
export type PlatformStatus = z.infer<typeof platformStatusSchema>;
