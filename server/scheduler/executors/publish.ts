import { PaasError } from "../../../core/error";
import { placeName } from "../../../core/instance";
import type { Target } from "../../../core/route";
import type { StepOf } from "../../../core/step";
import { writeEvent } from "../../store/events";
import type { Photographs } from "../observe";
import type { World } from "../world";
import { refuse } from "./refuse";

const acknowledgeLimitMs = 5_000;

/**
 * Makes the instances the app's rotation and waits for the routers. When that is the switch to a pending release, the ref is locked before:
 * a push whose ref cannot move must not go live. Throws `unavailable` when a live router does not take the table in time.
 */
export async function publish(world: World, seen: Photographs, step: StepOf<"publish">): Promise<void> {
  if (step.switches && step.releaseId !== null && !(await refPrepared(world, step.releaseId))) return;
  const targets = step.instanceIds.flatMap((id) => targetOf(seen, id));
  const release = step.switches ? step.releaseId : null;
  // What it names may have gone meanwhile.
  const mode = targets.length === 0 && step.mode === "serve" ? "none" : step.mode;
  // Side by side: the receipt's beginning is not to delay what it measures.
  const [version] = await Promise.all([
    world.routing.setRotation(seen.app.id, mode, targets),
    release === null ? null : world.store.receipts.begin(seen.app.id, release, step.version ?? 0),
  ]);
  await writeEvent(world.store.database, seen.app.id, "routes:published", {
    version: step.version ?? 0,
    tableVersion: version,
    targets: targets.map((target) => target.name),
  });
  world.store.notices.tell(seen.app.id);
  const taken = await world.routers.waitAcknowledged(version, acknowledgeLimitMs);
  if (!taken && world.routers.live().length > 0)
    throw new PaasError("unavailable", `Not every router has taken table ${version}.`);
  if (release !== null) await world.store.receipts.switched(release);
}

/** False when the release was refused instead, because its ref cannot move. */
async function refPrepared(world: World, releaseId: string): Promise<boolean> {
  const release = await world.store.releases.byId(releaseId);
  if (release?.state !== "pending") return false;
  try {
    await world.refs.prepare(release);
    return true;
  } catch (error) {
    await refuse(world, release, error);
    return false;
  }
}

function targetOf(seen: Photographs, id: string): Target[] {
  const container = seen.containers.find((one) => one.id === id);
  if (!container) return [];
  const { address, port, version: release } = container;
  return [{ instanceId: id, name: placeName(container), node: "local", address, port, release }];
}
