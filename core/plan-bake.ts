import { judge } from "./bake";
import { type Buckets, isWeb } from "./buckets";
import type { Desired, DesiredBake } from "./desired";
import { type Place, placeName } from "./instance";
import type { Observed, ObservedInstance } from "./observed";
import type { StepOf } from "./step";

/** A bake is looked at each second. */
const lookMs = 1_000;

/** The bake that may be ended now. While a newer release is pending nobody judges: it would be built on what is taken back. */
function judged({ bake, command, release }: Desired): DesiredBake | null {
  return bake && command === null && release?.id === bake.releaseId ? bake : null;
}

/**
 * An engine or host that ended took with it what the release is compared with: the warm instances, and figures that mean something, since
 * routers met with nothing but refusals. Nothing of that speaks against the release; it stays.
 */
export function bakeStop({ bake }: Desired, { lost }: Buckets): StepOf<"endBake"> | undefined {
  if (!bake || lost.length === 0) return undefined;
  const { releaseId, version } = bake;
  const reason = "stopped because the engine or the host ended";
  return { kind: "endBake", releaseId, version, outcome: "stopped", instanceId: null, reason };
}

/** A release that bakes fails when one of its instances crashes or is given up, or when what was counted is clearly worse than before. */
export function bakeLoss(
  desired: Desired,
  observed: Observed,
  buckets: Buckets,
): StepOf<"endBake"> | undefined {
  const bake = judged(desired);
  if (!bake) return undefined;
  const { releaseId, version, oldVersion } = bake;
  const lost = (reason: string, instanceId: string | null = null): StepOf<"endBake"> => ({
    kind: "endBake",
    releaseId,
    version,
    outcome: "failed",
    instanceId,
    reason,
  });
  const isIts = (one: Place & { specHash: string }) =>
    desired.instances.some((wanted) => wanted.specHash === one.specHash && isSamePlace(wanted, one));
  // One that left the rotation before was ended by the platform.
  const ended = buckets.crashed.find((instance) => instance.leftRotationAt === null && isIts(instance));
  if (ended) return lost(`${placeName(ended)} ended with exit code ${ended.exitCode ?? "unknown"}`, ended.id);
  const sick = [...buckets.ready, ...buckets.waiting, ...buckets.sick].find(
    (instance) => instance.unhealthy !== null,
  );
  if (sick) return lost(`${placeName(sick)} ${sick.unhealthy}`, sick.id);
  const crash = observed.crashes.find((one) => one.lastAt >= bake.startedAt && isIts(one));
  if (crash) return lost(`${placeName(crash)} crashed`);
  const worse = observed.bake && judge(observed.bake, oldVersion, observed.now >= bake.endsAt);
  return worse ? lost(worse) : undefined;
}

/** At its end a bake that nothing speaks against has passed. */
export function passing(desired: Desired, observed: Observed): StepOf<"endBake">[] {
  const bake = judged(desired);
  if (!bake || observed.now < bake.endsAt) return [];
  const { releaseId, version } = bake;
  return [{ kind: "endBake", releaseId, version, outcome: "passed", instanceId: null, reason: "" }];
}

/**
 * Whether a surplus instance waits for traffic to come back: web of the old release, at places that are wanted still. Other process types
 * would go on working beside their successors.
 */
export function isWarm(instance: ObservedInstance, { bake, instances, singletons }: Desired): boolean {
  return (
    bake !== null &&
    instance.releaseId === bake.oldReleaseId &&
    instance.state === "running" &&
    instance.readyAt !== null &&
    instance.unhealthy === null &&
    isWeb(instance) &&
    !singletons.includes(instance.type) &&
    instances.some((wanted) => isSamePlace(wanted, instance))
  );
}

const isSamePlace = (one: Place, other: Place): boolean => placeName(one) === placeName(other);

/** When the planner has to look again: at the same times however often it is asked, or each look would plan another. */
export function bakeLookAt(desired: Desired, { now }: Observed): number[] {
  const bake = judged(desired);
  if (!bake) return [];
  const looks = Math.floor((now - bake.startedAt) / lookMs) + 1;
  return [Math.min(bake.endsAt, bake.startedAt + looks * lookMs)];
}
