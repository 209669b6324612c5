import { z } from "zod";
import type { HealthCheck } from "./healthcheck";

/** HEALTHCHECK of an image, as Docker's API tells it: times in nanoseconds, 0 or absent for Docker's defaults. */
export const imageHealthcheckSchema = z
  .object({
    Test: z.array(z.string()).nullish(),
    Interval: z.number().nullish(),
    Timeout: z.number().nullish(),
    StartPeriod: z.number().nullish(),
    Retries: z.number().nullish(),
  })
  .nullish();
export type ImageHealthcheck = z.infer<typeof imageHealthcheckSchema>;

/** Docker's own. */
const defaults = { intervalMs: 30_000, timeoutMs: 30_000, retries: 3 };
/** While it starts it is asked more often than the image says, so that a quick start is seen; and for as long as Docker would wait. */
const start = { waitMs: 3_000, timeoutMs: 10_000, mostAttempts: 30 };

/**
 * An image's HEALTHCHECK as checks of ours: its command while the instance starts and as long as it runs; and, since Docker's check knows
 * nothing of PORT, that something listens there. None for an image without one.
 */
export function checksOfImage(said: ImageHealthcheck): HealthCheck[] {
  const argv = argvOf(said?.Test ?? []);
  if (argv === null) return [];
  const intervalMs = millis(said?.Interval) ?? defaults.intervalMs;
  const timeoutMs = millis(said?.Timeout) ?? defaults.timeoutMs;
  const attempts = said?.Retries || defaults.retries;
  const startMs = (millis(said?.StartPeriod) ?? 0) + attempts * intervalMs;
  const waitMs = Math.max(start.waitMs, startMs / start.mostAttempts);
  const probe = { kind: "command" as const, argv };
  const common = { name: null, initialDelayMs: 0 };
  const starting = { timeoutMs: Math.min(timeoutMs, start.timeoutMs), waitMs };
  return [
    { ...common, ...starting, type: "startup", probe, attempts: Math.ceil(startMs / waitMs) },
    {
      ...common,
      type: "readiness",
      probe: { kind: "tcp", port: null },
      attempts: 60,
      timeoutMs: 5_000,
      waitMs: 1_000,
    },
    {
      ...common,
      type: "liveness",
      probe,
      attempts,
      timeoutMs,
      waitMs: intervalMs,
      initialDelayMs: millis(said?.StartPeriod) ?? 0,
    },
  ];
}

function argvOf([kind, ...words]: string[]): string[] | null {
  if (kind === "CMD-SHELL") return ["/bin/sh", "-c", words.join(" ")];
  return kind === "CMD" && words.length > 0 ? words : null;
}

const millis = (nanoseconds: number | null | undefined): number | null =>
  nanoseconds ? Math.max(1, Math.round(nanoseconds / 1e6)) : null;
