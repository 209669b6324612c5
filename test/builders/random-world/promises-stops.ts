import type { DesiredInstance } from "../../../core/desired";
import { streamCloseMs } from "../../../core/drain";
import { placeName } from "../../../core/instance";
import type { ObservedInstance } from "../../../core/observed";
import type { Step, StepOf } from "../../../core/step";
import type { SimWorld } from "./world";

export function checkStop(world: SimWorld, { instanceId: id, why }: StepOf<"stop">): void {
  const { ledger, instances, routers } = world;
  const { pending } = ledger;
  if (why === "over" && pending?.id === id && pending.command?.exitCode === null)
    throw new Error("clears a command away that is not over");
  if (routers.targets.includes(id)) throw new Error(`stops ${id}, which is in the rotation`);
  if (routers.routed.has(id)) throw new Error(`stops ${id}, which routers send requests to`);
  const instance = instances.find(id);
  if (!instance) return;
  if (instance.lost && why !== "lost") throw new Error(`blames ${id} for the end of its engine`);
  if (pending?.command && pending.command.exitCode !== 0) checkUntouched(world, instance);
  checkWarm(world, instance);
  if (why === "replaced" && !instances.told.has(id)) checkServing(world, instance);
  checkDrained(world, instance);
}

function checkDrained({ addresses, routers, now }: SimWorld, { id, state }: ObservedInstance): void {
  const leftAt = addresses.leftRotationAt(id);
  if (state === "exited" || leftAt === null) return;
  const streams = routers.streams[id] ?? 0;
  const busy = (routers.inFlight[id] ?? 0) > streams || !routers.acknowledged;
  if (busy && now - leftAt < 30_000) throw new Error(`stops ${id} with requests in flight`);
  // The routers close streams at their limit; the app must not be told to end before they had the time for it.
  if (streams > 0 && now - leftAt < 5_000 + streamCloseMs) throw new Error(`stops ${id} with open streams`);
}

const isWell = ({ state, readyAt, unhealthy }: ObservedInstance): boolean =>
  state === "running" && readyAt !== null && unhealthy === null;

/** While a command runs, what the proven release has ready and healthy stays; what was told to end before the command came goes on ending. */
function checkUntouched(world: SimWorld, instance: ObservedInstance): void {
  const isIts = world
    .desired()
    .instances.some((one) => placeName(one) === placeName(instance) && one.specHash === instance.specHash);
  const others = world.instances.all.filter(
    (one) => placeName(one) === placeName(instance) && one.readyAt !== null,
  );
  if (isIts && isWell(instance) && !world.instances.told.has(instance.id) && others.length === 1)
    throw new Error(`stops ${instance.id} for a release whose command still runs`);
}

/** Until a pending release takes over, the proven one is untouched, but for its singletons. */
function checkServing(world: SimWorld, instance: ObservedInstance): void {
  const { release, fallbackReleaseId, singletons } = world.desired();
  const isIts = instance.releaseId === fallbackReleaseId && !singletons.includes(instance.type);
  if (release?.state === "pending" && isIts && isWell(instance))
    throw new Error(`stops ${instance.id} of the proven release while another is pending`);
}

/** The old release's web instances wait while the new one bakes. */
function checkWarm({ ledger }: SimWorld, instance: ObservedInstance): void {
  const isOld = ledger.bake !== null && instance.releaseId === ledger.bake.oldReleaseId;
  if (!isOld || instance.type !== "web" || !isWell(instance)) return;
  if (ledger.desired().instances.some((one) => placeName(one) === placeName(instance)))
    throw new Error(`stops ${instance.id}, to which traffic may go back`);
}

/** Only one of a type is given up for its health, unless its successor is there. */
export function checkHealthStops(world: SimWorld, steps: Step[]): void {
  const { instances } = world.desired();
  const stopped = steps.flatMap((step) => {
    const found =
      step.kind === "stop" && step.why === "unhealthy" ? world.instances.find(step.instanceId) : null;
    return found ? [found] : [];
  });
  const left = (wanted: DesiredInstance) =>
    world.instances
      .serving(wanted)
      .filter((one) => one.specHash === wanted.specHash && !stopped.includes(one));
  for (const one of stopped) {
    const siblings = instances.filter((wanted) => wanted.type === one.type);
    if (siblings.some((wanted) => wanted.slot === one.slot && left(wanted).length > 0)) continue;
    const others = siblings.filter((wanted) => wanted.slot !== one.slot);
    if (others.some((wanted) => !left(wanted).some(({ readyAt }) => readyAt !== null)))
      throw new Error(`gives up ${one.id} for its health while another of ${one.type} is not ready`);
  }
}
