import type { Photographs } from "./observe";
import type { World } from "./world";

/** Frees rows of instances and commands whose container is not there (a start that a crash cut off, a container that somebody removed) and are not routed to. */
export async function reapRows(world: World, seen: Photographs): Promise<void> {
  const there = new Set(seen.containers.map((container) => container.id));
  const routed = new Set(seen.observed.table.targets);
  for (const row of seen.rows.values())
    if (!there.has(row.id) && !routed.has(row.id)) await world.store.instances.removed(row);
  const commands = new Set(seen.observed.commands.map((command) => command.releaseId));
  for (const { releaseId } of seen.commandRecords)
    if (!commands.has(releaseId) && releaseId !== seen.desired.command?.releaseId)
      await world.store.commands.removed(releaseId);
}
