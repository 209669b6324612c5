import { z } from "zod";

export const date = z.iso.datetime();

export const apiErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  detail: z.unknown().optional(),
  requestId: z.string(),
});
export type ApiError = z.infer<typeof apiErrorSchema>;

/** In every silence of a stream, at least every 20 s. */
export const heartbeat = z.object({ heartbeat: z.literal(true) });

/** The last line of a stream that failed on its way. A stream that ends without its closing line was cut off. */
export const streamError = z.object({ error: apiErrorSchema });
