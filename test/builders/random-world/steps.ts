import type { Step, StepOf } from "../../../core/step";
import type { Outcome } from "./happening";
import type { SimWorld } from "./world";

/** A step under way. */
export interface UnderWay {
  step: Step;
  /** What it made, or was begun with: a start's instance. */
  instanceId: string | null;
}

/** What a step does at once: a start has its row and its container, a stop has told the instance to end. */
export function begin(world: SimWorld, step: Step): UnderWay {
  if (step.kind === "start") return { step, instanceId: beginStart(world, step) };
  if (step.kind === "stop") beginStop(world, step);
  return { step, instanceId: null };
}

function beginStart({ instances, addresses, now }: SimWorld, step: StepOf<"start">): string {
  const { id } = instances.create(step, now);
  addresses.take(id);
  return id;
}

function beginStop({ instances, now }: SimWorld, { instanceId, why }: StepOf<"stop">): void {
  const instance = instances.find(instanceId);
  if (!instance) return;
  instances.told.add(instanceId);
  if (why !== "replaced" && why !== "lost") instances.countCrash(instance, now);
}

/** What it does by its end, with the guards that the executors and the store have. */
export function land(world: SimWorld, { step, instanceId }: UnderWay, outcome: Outcome): void {
  if (step.kind === "start") landStart(world, instanceId ?? "", outcome);
  if (step.kind === "stop") landStop(world, step, outcome);
  if (outcome === "failed") return;
  if (step.kind === "command") world.commands.run(world.ledger, step.releaseId, world.now);
  if (step.kind === "publish") publish(world, step);
  if (step.kind === "prove") world.ledger.prove(step.releaseId, world.now);
  if (step.kind === "abandon") world.ledger.abandon(step.releaseId);
  if (step.kind === "endBake") world.ledger.endBake(step.releaseId, step.outcome);
}

/** The container may have been removed meanwhile, or what was made is left as it is. */
function landStart({ instances, now }: SimWorld, id: string, outcome: Outcome): void {
  const instance = instances.find(id);
  if (instance?.state !== "created" || outcome === "failed") return;
  instance.state = "running";
  instance.startedAt = now;
}

/** One that failed never reached the instance; one of which nothing was heard has ended it, and left the rest. */
function landStop(world: SimWorld, { instanceId, why }: StepOf<"stop">, outcome: Outcome): void {
  const { instances, routers, addresses, commands } = world;
  const instance = instances.find(instanceId);
  if (outcome === "failed") {
    instances.told.delete(instanceId);
    return;
  }
  if (instance) instances.exit(instance);
  routers.finish(instanceId);
  if (outcome === "unheard") return;
  if (why === "over") commands.remove(instanceId);
  instances.remove(instanceId);
  addresses.free(instanceId);
}

function publish({ routers, addresses, now }: SimWorld, step: StepOf<"publish">): void {
  addresses.rotate(routers.targets, step.instanceIds, now);
  routers.publish(step);
}
