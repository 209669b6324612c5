import { backoffMs } from "./backoff";
import type { DesiredInstance } from "./desired";
import { placeName } from "./instance";
import type { CrashRecord, Observed } from "./observed";

/** When a place may start again after its last crash; 0 without one. */
export function restsUntil(wanted: DesiredInstance, observed: Observed): number {
  const record = crashesOf(wanted, observed);
  return record ? record.lastAt + restMs(wanted, observed) : 0;
}

/** How long a place rests after its last crash. */
export function restMs(wanted: DesiredInstance, observed: Observed): number {
  const record = crashesOf(wanted, observed);
  return record ? backoffMs(record.count, `${record.specHash}:${placeName(record)}`) : 0;
}

const crashesOf = (wanted: DesiredInstance, observed: Observed): CrashRecord | undefined =>
  observed.crashes.find(
    (crash) => placeName(crash) === placeName(wanted) && crash.specHash === wanted.specHash,
  );
