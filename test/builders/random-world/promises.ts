import type { Step } from "../../../core/step";
import { checkEndBake, checkProve } from "./promises-releases";
import { checkPublish } from "./promises-rotation";
import { checkCommand, checkStart, checkSurge } from "./promises-starts";
import { checkHealthStops, checkStop } from "./promises-stops";
import type { SimWorld } from "./world";

/** Throws when one of the steps that are to begin now breaks a promise. */
export function checkSteps(world: SimWorld, steps: Step[]): void {
  for (const step of steps) check(world, step);
  checkSurge(world, steps);
  checkHealthStops(world, steps);
}

function check(world: SimWorld, step: Step): void {
  if (step.kind === "publish") checkPublish(world, step);
  if (step.kind === "stop") checkStop(world, step);
  if (step.kind === "command") checkCommand(world, step.releaseId);
  if (step.kind === "start") checkStart(world, step);
  if (step.kind === "prove") checkProve(world);
  if (step.kind === "endBake") checkEndBake(world, step);
}

/** What must hold at any moment, however steps under way and the world meet. */
export function checkState({ routers, instances, ledger }: SimWorld): void {
  const told = routers.targets.find((id) => instances.told.has(id));
  if (told !== undefined) throw new Error(`routes to ${told}, which was told to end`);
  if (ledger.releases.some((one) => (one.command?.starts ?? 0) > 1))
    throw new Error("ran a command a second time");
  if (ledger.releases.filter((one) => one.state === "pending").length > 1)
    throw new Error("has two pending releases");
}
