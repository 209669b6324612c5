import type { DesiredInstance } from "../../../core/desired";
import { placeName } from "../../../core/instance";
import type { Step, StepOf } from "../../../core/step";
import type { SimWorld } from "./world";

export function checkCommand({ ledger, commands }: SimWorld, releaseId: string): void {
  const release = ledger.release(releaseId);
  if (release?.state !== "pending") throw new Error("runs the command of a release that is not pending");
  const container = commands.containers.find((one) => one.releaseId === releaseId);
  if (release.command?.startedAt !== null && !container) throw new Error("runs a command a second time");
}

export function checkStart({ ledger, instances, addresses, routers }: SimWorld, step: StepOf<"start">): void {
  const release = ledger.release(step.releaseId);
  if (release?.command && release.command.exitCode !== 0)
    throw new Error("starts a release whose command has not succeeded");
  const alive = instances.all.filter((one) => one.state !== "exited" && one.type === step.type);
  if (step.type === "clock" && alive.length > 0) throw new Error("starts a second clock");
  const there = instances.serving(step).filter((one) => one.specHash === step.specHash);
  if (there.some((one) => one.unhealthy === null)) throw new Error("starts what is there already");
  const address = addresses.next;
  for (const [id, other] of routers.routed)
    if (other === address)
      throw new Error(`gives ${instances.nextId} the address that routers know as ${id}`);
}

/** Of the two places a type has at most, one is replaced at a time while its older instance does its job. */
export function checkSurge(world: SimWorld, steps: Step[]): void {
  const { instances, release } = world.desired();
  if (release?.state !== "proven") return;
  const started = new Set(steps.flatMap((step) => (step.kind === "start" ? [placeName(step)] : [])));
  const at = (wanted: DesiredInstance) => {
    const here = world.instances.serving(wanted);
    const fresh = here.filter((one) => one.specHash === wanted.specHash);
    return {
      hasOld: here.some(
        (one) => one.releaseId === release.id && one.specHash !== wanted.specHash && one.readyAt !== null,
      ),
      hasComing: fresh.some((one) => one.readyAt === null),
      hasNew: fresh.some((one) => one.readyAt !== null),
    };
  };
  for (const type of ["web", "worker"]) {
    const replaced = instances.filter((wanted) => {
      const { hasOld, hasComing, hasNew } = at(wanted);
      return wanted.type === type && hasOld && !hasNew && (hasComing || started.has(placeName(wanted)));
    });
    const before = replaced.filter((wanted) => !started.has(placeName(wanted)));
    if (replaced.length > Math.max(1, before.length)) throw new Error(`replaces two of ${type} at once`);
  }
}
