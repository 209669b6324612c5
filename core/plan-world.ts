import type { Buckets } from "./buckets";
import type { Desired } from "./desired";
import { placeName } from "./instance";
import type { Observed, ObservedInstance } from "./observed";

/** What the rules of the planner look at. */
export interface World {
  desired: Desired;
  observed: Observed;
  buckets: Buckets;
  /** Whether all that is wanted is ready. */
  complete: boolean;
}

export const isPending = ({ desired }: World): boolean => desired.release?.state === "pending";
export const isComplete = (buckets: Buckets): boolean =>
  buckets.missing.length === 0 && buckets.waiting.length === 0;

/**
 * Whether a surplus instance still does a wanted job: all of the proven release while another is pending, else one of it whose successor is
 * not ready. What is left of a release that failed does no job that others can do.
 */
export function isNeeded(instance: ObservedInstance, { desired, buckets }: World): boolean {
  if (instance.state === "ending") return false;
  if (desired.singletons.includes(instance.type) || buckets.sick.includes(instance)) return false;
  if (desired.release?.state === "pending") return instance.releaseId === desired.fallbackReleaseId;
  const place = placeName(instance);
  const wanted = desired.instances.some((one) => placeName(one) === place);
  if (instance.releaseId !== desired.release?.id) return false;
  return wanted && instance.readyAt !== null && !buckets.ready.some((one) => placeName(one) === place);
}
