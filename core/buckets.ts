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
  /** Ended with their engine or host. */
  lost: ObservedInstance[];
  /** Living, but of another release, generation or place than wanted, one too many at a place, or to be replaced for its health. */
  surplus: ObservedInstance[];
  /** Those of the surplus that run as wanted, but for their health; what was told to end before is not given up again. */
  sick: ObservedInstance[];
}

export function sortIntoBuckets(desired: Desired, observed: Observed): Buckets {
  const exited = observed.instances.filter((instance) => instance.state === "exited");
  const living = observed.instances.filter((instance) => instance.state !== "exited");
  const best = desired.instances.map((wanted) => fillerOf(wanted, living));
  const given = givenUp(desired, best);
  const fillers = best.map((filler) => (filler && given.has(filler.id) ? undefined : filler));
  const filling = fillers.filter((filler) => filler !== undefined);
  const taken = new Set(filling.map((filler) => filler.id));
  const surplus = living.filter((instance) => !taken.has(instance.id));
  return {
    missing: desired.instances.filter((_, index) => fillers[index] === undefined),
    waiting: filling.filter((filler) => filler.readyAt === null),
    ready: filling.filter((filler) => filler.readyAt !== null),
    crashed: exited.filter((instance) => !instance.lost),
    lost: exited.filter((instance) => instance.lost),
    surplus,
    sick: surplus.filter(
      (instance) =>
        instance.state === "running" &&
        instance.unhealthy !== null &&
        desired.instances.some((wanted) => isAsWanted(instance, wanted)),
    ),
  };
}

/**
 * Ids of the unhealthy instances whose place is to be filled anew: at most one of a process type, and only while all its other places are
 * ready, so that a check that fails everywhere (a database that is away) never takes everything down. Not while a release is pending.
 */
function givenUp(desired: Desired, fillers: (ObservedInstance | undefined)[]): Set<string> {
  if (desired.release?.state !== "proven") return new Set();
  const types = [...new Set(desired.instances.map(({ type }) => type))];
  const chosen = types.flatMap((type) => {
    const places = fillers.filter((_, index) => desired.instances[index]?.type === type);
    if (places.some((filler) => filler === undefined || filler.readyAt === null)) return [];
    const sick = places.find((filler) => filler?.unhealthy != null);
    return sick ? [sick.id] : [];
  });
  return new Set(chosen);
}

const isAsWanted = (instance: ObservedInstance, wanted: DesiredInstance): boolean =>
  instance.specHash === wanted.specHash && placeName(instance) === placeName(wanted);

/**
 * The one running instance that fills a place: a healthy one before a sick one, a ready one before a waiting one, then the oldest. One that was only created was left
 * so by a server that died while starting it; nobody will start it any more, so it is surplus.
 */
function fillerOf(wanted: DesiredInstance, living: ObservedInstance[]): ObservedInstance | undefined {
  return living
    .filter((instance) => instance.state === "running" && isAsWanted(instance, wanted))
    .sort(
      (a, b) =>
        Number(a.unhealthy !== null) - Number(b.unhealthy !== null) ||
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
