import { z } from "zod";
import { date, heartbeat, streamError } from "./parts";

export const createAppSchema = z.strictObject({ name: z.string() });
export type CreateApp = z.infer<typeof createAppSchema>;

export const appViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Where it answers, e.g. http://shop.localhost:8080 */
  url: z.string(),
  /** e.g. http://127.0.0.1:8081/git/shop.git */
  gitUrl: z.string(),
  createdAt: date,
  currentVersion: z.number().int().nullable(),
});
export type AppView = z.infer<typeof appViewSchema>;

/** One line of NDJSON: a log line, a heartbeat, or the end of what was asked for. */
export const logStreamLineSchema = z.union([
  z.object({ line: z.string() }),
  heartbeat,
  streamError,
  z.object({ end: z.literal(true) }),
]);
export type LogStreamLine = z.infer<typeof logStreamLineSchema>;

export const addDomainSchema = z.strictObject({ hostname: z.string() });
export type AddDomain = z.infer<typeof addDomainSchema>;

export const domainViewSchema = z.object({ hostname: z.string(), custom: z.boolean(), url: z.string() });
export type DomainView = z.infer<typeof domainViewSchema>;
