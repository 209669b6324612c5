import { type Desired, type DesiredInstance, webType } from "./desired";
import { placeName } from "./instance";
import type { Observed, ObservedInstance } from "./observed";

/** Instances sorted once, so that the rules of the planner can speak in these words. */
export interface Buckets {
  /** Wanted places that nothing living fills. */
  missing: DesiredInstance[];
  /** Fill a wanted place, not ready yet. */
  waiting: ObservedInstance[];
  /** Fill a wanted place and are ready. */
  ready: ObservedInstance[];
  /** Ended by themselves (of whatever release). */
  crashed: ObservedInstance[];
  /** Living, but of another release, generation or place than wanted, or one too many at a place. */
  surplus: ObservedInstance[];
}

export function sortIntoBuckets(desired: Desired, observed: Observed): Buckets {
  const crashed = observed.instances.filter((instance) => instance.state === "exited");
  const living = observed.instances.filter((instance) => instance.state !== "exited");
  const fillers = desired.instances.map((wanted) => fillerOf(wanted, living));
  const filling = fillers.filter((filler) => filler !== undefined);
  const taken = new Set(filling.map((filler) => filler.id));
  return {
    missing: desired.instances.filter((_, index) => fillers[index] === undefined),
    waiting: filling.filter((filler) => filler.readyAt === null),
    ready: filling.filter((filler) => filler.readyAt !== null),
    crashed,
    surplus: living.filter((instance) => !taken.has(instance.id)),
  };
}

/**
 * The one running instance that fills a place: a ready one before a waiting one, then the oldest. One that was only created was left
 * so by a server that died while starting it; nobody will start it any more, so it is surplus.
 */
function fillerOf(wanted: DesiredInstance, living: ObservedInstance[]): ObservedInstance | undefined {
  return living
    .filter((instance) => instance.state === "running" && placeName(instance) === placeName(wanted))
    .filter((instance) => instance.specHash === wanted.specHash)
    .sort(
      (a, b) =>
        Number(a.readyAt === null) - Number(b.readyAt === null) ||
        a.startedAt - b.startedAt ||
        (a.id < b.id ? -1 : 1),
    )[0];
}

/** Instances of the rotation that still live, in table order. */
export function livingTargets(observed: Observed): string[] {
  const living = new Set(
    observed.instances.filter((instance) => instance.state === "running").map((instance) => instance.id),
  );
  return observed.table.targets.filter((id) => living.has(id));
}

export const isWeb = (instance: { type: string }): boolean => instance.type === webType;
