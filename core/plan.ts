import { type Buckets, sortIntoBuckets } from "./buckets";
import { type Desired, type DesiredInstance, releaseLimitMs } from "./desired";
import { streamCloseMs } from "./drain";
import { type Place, placeName } from "./instance";
import type { Observed, ObservedInstance } from "./observed";
import { bakeLookAt, bakeLoss, bakeStop, isWarm, passing } from "./plan-bake";
import { clearing, commanding, commandLimitAt, commandLoss } from "./plan-command";
import { restsUntil } from "./plan-rest";
import { publishing } from "./plan-rotation";
import { isComplete, isNeeded, type World } from "./plan-world";
import { inTurn } from "./rolling";
import type { Step, StepOf } from "./step";

/**
 * The next batch of steps, which may run side by side, from what should run to what runs; `[]` is converged.
 *
 * INVARIANTS
 * - Only ready instances enter the rotation.
 * - Nothing is stopped that is in the rotation, nor, before the drain limit, what may have requests in flight.
 * - What was in the rotation is not stopped before every live router knows that it left: stopping frees its address for others.
 * - A rotation with a living member is never emptied while web instances are wanted.
 * - Of a process type at most one instance is given up for its health at a time, and only while its others are ready.
 * - A pending release changes the rotation all at once, when everything it wants is ready; until then the proven one is untouched,
 *   but for its singletons.
 * - Requests are held only while an instance is coming that they can go to; at rest nothing is held.
 * - A pending release is proven or abandoned in the end.
 * - Until a pending release's command has succeeded, nothing of it starts and nothing of the proven one is touched for it.
 * - A command that was started is never started again.
 * - While a release bakes, the web instances of the one before it that are ready are not stopped; when it fails, they are the rotation again.
 */
export function plan(desired: Desired, observed: Observed): Step[] {
  const buckets = sortIntoBuckets(desired, observed);
  const verdict =
    commandLoss(desired, observed) ??
    abandonment(desired, observed, buckets) ??
    bakeStop(desired, buckets) ??
    bakeLoss(desired, observed, buckets);
  if (verdict) return [verdict];
  const world: World = { desired, observed, buckets, complete: isComplete(buckets) };
  const publication = publishing(world);
  return [
    ...publication,
    ...proving(world, publication),
    ...passing(desired, observed),
    ...stopping(world),
    ...clearing(desired, observed),
    ...commanding(desired),
    ...starting(world),
    ...waiting(world),
  ];
}

/** Rule 1: a pending release is abandoned when one of its instances ended by itself or is past its start limit, or the release past its own. */
function abandonment(desired: Desired, observed: Observed, buckets: Buckets): StepOf<"abandon"> | undefined {
  const release = desired.release;
  if (release?.state !== "pending") return undefined;
  const { id: releaseId, version } = release;
  const abandon = (reason: string, instanceId: string | null = null): StepOf<"abandon"> => ({
    kind: "abandon",
    releaseId,
    version,
    instanceId,
    reason,
  });
  const hashes = new Set(desired.instances.map((wanted) => wanted.specHash));
  const ended = buckets.crashed.find((instance) => hashes.has(instance.specHash));
  if (ended)
    return abandon(
      `${placeName(ended)} ended with exit code ${ended.exitCode ?? "unknown"} while starting`,
      ended.id,
    );
  const late = buckets.waiting.find((instance) => observed.now - instance.startedAt > desired.startLimitMs);
  const failed = buckets.waiting.find((instance) => instance.unhealthy !== null);
  if (failed) return abandon(`${placeName(failed)} ${failed.unhealthy}`, failed.id);
  if (late)
    return abandon(
      `${placeName(late)} was not ready within ${Math.round(desired.startLimitMs / 1000)} s`,
      late.id,
    );
  if (!isComplete(buckets) && observed.now - release.createdAt > releaseLimitMs)
    return abandon(`not all instances could be started within ${releaseLimitMs / 60_000} min`);
  return undefined;
}

/**
 * Rule 2: what is missing is started; a place that crashed rests first; a singleton waits until the old one is gone; successors of
 * instances that do their job well (a restart, new limits) come in turn.
 */
function starting(world: World): Step[] {
  const { desired, observed, buckets } = world;
  const release = desired.release;
  if (!release) return [];
  const rests = (wanted: DesiredInstance) => restsUntil(wanted, observed) > observed.now;
  const replaces = (place: Place) =>
    buckets.surplus.some((old) => placeName(old) === placeName(place) && isNeeded(old, world));
  const missing = release.state === "pending" ? buckets.missing : inTurn(desired, buckets, replaces, rests);
  return missing
    .filter((wanted) => !rests(wanted))
    .filter(
      (wanted) =>
        !desired.singletons.includes(wanted.type) || !buckets.surplus.some((old) => old.type === wanted.type),
    )
    .map((wanted) => ({ kind: "start", releaseId: release.id, ...wanted }));
}

/** A pending release that is complete, routed to and acknowledged is proven. */
function proving(world: World, publication: Step[]): StepOf<"prove">[] {
  const release = world.desired.release;
  if (release?.state !== "pending" || !world.complete || publication.length > 0) return [];
  return [{ kind: "prove", releaseId: release.id, version: release.version }];
}

/** Rule 4: what ended is cleared away; what is too late is ended; what is surplus and no longer needed is ended once drained. */
function stopping(world: World): StepOf<"stop">[] {
  const { desired, observed, buckets } = world;
  const unready = buckets.waiting.filter(
    (instance) => instance.unhealthy !== null || observed.now - instance.startedAt > desired.startLimitMs,
  );
  const leaving = buckets.surplus.filter(
    (instance) => !isKept(instance, world) && drainedAt(instance, world) <= observed.now,
  );
  const isOut = (instance: ObservedInstance) => !mayBeRouted(instance, observed.table);
  const stop = (why: StepOf<"stop">["why"]) => (instance: ObservedInstance) =>
    ({ kind: "stop", instanceId: instance.id, why }) as const;
  return [
    ...buckets.crashed.filter(isOut).map(stop("crashed")),
    ...buckets.lost.filter(isOut).map(stop("lost")),
    ...unready.filter(isOut).map(stop("unready")),
    ...leaving
      .filter(isOut)
      .map((instance) => stop(buckets.sick.includes(instance) ? sickness(instance) : "replaced")(instance)),
  ];
}

const sickness = (instance: ObservedInstance): "unready" | "unhealthy" =>
  instance.readyAt === null ? "unready" : "unhealthy";

/** Whether a router may still send requests to an instance's address: it is in the rotation, or a router may not know yet that it left. */
export function mayBeRouted(
  instance: { id: string; leftRotationAt: number | Date | null },
  table: Observed["table"],
): boolean {
  return table.targets.includes(instance.id) || (instance.leftRotationAt !== null && !table.acknowledged);
}

/** Whether a surplus instance must not be stopped. */
const isKept = (instance: ObservedInstance, world: World): boolean =>
  isNeeded(instance, world) || isWarm(instance, world.desired);

/** When a surplus instance may be stopped, as far as requests in flight and streams go: each has its limit, and the later one counts. */
function drainedAt(instance: ObservedInstance, { desired, observed }: World): number {
  const { id, leftRotationAt } = instance;
  if (leftRotationAt === null) return 0;
  const streams = observed.streams[id] ?? 0;
  const requests = (observed.inFlight[id] ?? 0) - streams;
  const busy = requests > 0 || !observed.table.acknowledged;
  return Math.max(
    busy ? leftRotationAt + desired.drainLimitMs : 0,
    // Closing them takes the routers a moment; the app is told to end only after that.
    streams > 0 ? leftRotationAt + desired.streamDrainLimitMs + streamCloseMs : 0,
  );
}

/** What only time or the world can bring: instances to become ready, rests and drains to end. */
function waiting(world: World): StepOf<"wait">[] {
  const { desired, observed, buckets } = world;
  const routed = new Set(observed.table.targets);
  const coming = buckets.waiting.filter((instance) => instance.unhealthy === null);
  const times = [
    ...commandLimitAt(desired),
    ...bakeLookAt(desired, observed),
    ...coming.map((instance) => instance.startedAt + desired.startLimitMs + 1),
    ...buckets.missing.map((wanted) => restsUntil(wanted, observed)),
    ...buckets.surplus
      .filter((instance) => !isKept(instance, world) && !routed.has(instance.id))
      .map((instance) => drainedAt(instance, world)),
  ].filter((at) => at > observed.now);
  if (times.length === 0) return [];
  return [{ kind: "wait", instanceIds: coming.map((instance) => instance.id), until: Math.min(...times) }];
}
