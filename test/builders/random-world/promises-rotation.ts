import type { StepOf } from "../../../core/step";
import type { SimWorld } from "./world";

export function checkPublish(world: SimWorld, step: StepOf<"publish">): void {
  const { instances, routers } = world;
  for (const id of step.instanceIds) {
    const instance = instances.find(id);
    if (instance?.state !== "running" || instance.type !== "web")
      throw new Error(`publishes ${id}, which does not live`);
    if (instance.readyAt === null) throw new Error(`publishes ${id}, which is not ready`);
  }
  const living = routers.targets.filter((id) => instances.find(id)?.state === "running");
  const webWanted = world.desired().instances.some((one) => one.type === "web");
  if (step.instanceIds.length === 0 && living.length > 0 && webWanted)
    throw new Error("empties a living rotation");
  checkMode(step, webWanted);
  checkTrust(world, step.instanceIds);
  checkSwitch(world, step);
}

/** Requests go to the rotation if it has members; nobody waits for what is not wanted. */
function checkMode({ instanceIds, mode }: StepOf<"publish">, webWanted: boolean): void {
  if ((mode === "serve") !== instanceIds.length > 0)
    throw new Error(`publishes ${instanceIds.length} members to ${mode}`);
  if (mode === "hold" && !webWanted) throw new Error("holds requests that no instance will get");
}

/** What failed gets no requests while something else can take them. */
function checkTrust({ ledger, instances }: SimWorld, ids: string[]): void {
  if (ledger.desired().release?.state !== "proven") return;
  const states = ids.map((id) => ledger.release(instances.find(id)?.releaseId)?.state);
  if (states.includes("failed") && states.includes("proven"))
    throw new Error("routes to a release that failed beside one that is proven");
}

function checkSwitch(world: SimWorld, { instanceIds, switches }: StepOf<"publish">): void {
  const { release } = world.desired();
  if (release?.state !== "pending" || switches) return;
  const isIts = (id: string) => world.instances.find(id)?.releaseId === release.id;
  const before = new Set(world.routers.targets);
  if (instanceIds.some(isIts) && instanceIds.some((id) => !before.has(id)))
    throw new Error("lets a pending release in before its switch");
}
