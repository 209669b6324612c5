import { mayBeRouted } from "../../core/plan";
import type { InstanceRow } from "../store/instances";
import type { CommandRow } from "../store/release-commands";
import type { Photographs } from "./observe";
import type { World } from "./world";

/**
 * Rows whose container is not there (a start that a crash cut off, a container that somebody removed). One that a router may still send
 * requests to is kept: its address must not become another instance's.
 */
export function reapable({ containers, rows, observed }: Photographs): InstanceRow[] {
  const there = new Set(containers.map((container) => container.id));
  return [...rows.values()].filter((row) => !there.has(row.id) && !mayBeRouted(row, observed.table));
}

/** Records of commands whose container is not there and that are not to run any more. */
export function reapableCommands({ commandRecords, desired, observed }: Photographs): CommandRow[] {
  const there = new Set(observed.commands.map((command) => command.releaseId));
  return commandRecords.filter(
    ({ releaseId }) => !there.has(releaseId) && releaseId !== desired.command?.releaseId,
  );
}

/** Frees them. Only right when nothing was being started while the photographs were taken. */
export async function reapRows(world: World, seen: Photographs): Promise<void> {
  for (const row of reapable(seen)) await world.store.instances.removed(row);
  for (const { releaseId } of reapableCommands(seen)) await world.store.commands.removed(releaseId);
}
