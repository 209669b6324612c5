import type { ObservedInstance } from "../../../core/observed";
import type { StepOf } from "../../../core/step";
import type { SimWorld } from "./world";

export function checkProve({ instances, routers, ledger }: SimWorld): void {
  for (const wanted of ledger.desired().instances) {
    const found = instances
      .serving(wanted)
      .some((one) => one.specHash === wanted.specHash && one.readyAt !== null);
    if (!found) throw new Error(`proves a release whose ${wanted.type}.${wanted.slot} is not ready`);
  }
  if (!routers.acknowledged) throw new Error("proves a release that a router has not heard of");
}

const hasCrashed = ({ state, lost }: ObservedInstance): boolean => state === "exited" && !lost;

/** A bake is judged on its own release alone: good or bad figures, a crash, or the end of its time. */
export function checkEndBake(world: SimWorld, { releaseId, outcome, instanceId }: StepOf<"endBake">): void {
  const { ledger, instances, errors, now } = world;
  if (outcome === "stopped") {
    if (!instances.all.some((one) => one.lost)) throw new Error("ends a bake that could go on");
    return;
  }
  const newest = ledger.releases.findLast((one) => one.state !== "failed");
  if (ledger.bake?.releaseId !== releaseId) throw new Error("ends a bake that is not open");
  if (newest?.id !== releaseId) throw new Error("ends a bake while a newer release is pending");
  const { startedAt, endsAt } = ledger.bake;
  const isIts = (one: { specHash: string }) => one.specHash.startsWith(`${releaseId}/`);
  const lost =
    instances.all.some((one) => isIts(one) && (hasCrashed(one) || one.unhealthy !== null)) ||
    instances.crashes.some((one) => isIts(one) && one.lastAt >= startedAt);
  if (instanceId !== null && !instances.all.some((one) => one.id === instanceId && isIts(one)))
    throw new Error("blames an instance of another release");
  if (outcome === "failed" && !lost && errors < 10) throw new Error("takes a good release back");
  if (outcome === "passed" && now < endsAt) throw new Error("ends a bake before its time");
  if (outcome === "passed" && errors >= 50) throw new Error("lets a bad release pass");
}
