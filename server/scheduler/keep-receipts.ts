import type { Photographs } from "./observe";
import type { World } from "./world";

/** Completes the receipts of switches whose drain has ended, with what the routers have counted by now. */
export async function keepReceipts(world: World, seen: Photographs): Promise<void> {
  for (const { version, switchMs } of await world.store.receipts.open(seen.app.id))
    if (!isSwitching(seen, version, switchMs) && !isDraining(seen, version))
      await world.store.receipts.complete(
        seen.app.id,
        version,
        world.routers.switchCount(seen.app.id, version),
      );
}

/** Whether the routers are just being told. One whose server died in between is over when its release is. */
const isSwitching = ({ desired }: Photographs, version: number, switchMs: number | null): boolean =>
  switchMs === null && desired.release?.version === version && desired.release.state === "pending";

/** Whether an instance of an earlier release still has something in flight, as far as routers have told. */
function isDraining({ observed, containers, rows }: Photographs, version: number): boolean {
  if (!observed.table.acknowledged) return true;
  return containers.some(
    (one) =>
      one.version < version &&
      one.state === "running" &&
      rows.get(one.id)?.leftRotationAt !== null &&
      (observed.inFlight[one.id] ?? 0) > 0,
  );
}
