import type { StepOf } from "../../../core/step";
import type { InstanceRow } from "../../store/instances";
import type { Photographs } from "../observe";
import { say } from "../say";
import type { World } from "../world";

const graceMs = 30_000;

/** Ends an instance (or a command that is over), reads its last words, removes its container and frees its address. A crash is counted before its trace goes. */
export async function stop(world: World, seen: Photographs, step: StepOf<"stop">): Promise<void> {
  const row = seen.rows.get(step.instanceId);
  const container = seen.containers.find((one) => one.id === step.instanceId);
  if (row) await tell(world, row, step, container?.exitCode ?? null);
  await world.engine.end(step.instanceId, graceMs);
  await world.collector.drained(step.instanceId);
  await world.engine.stop(step.instanceId, 0);
  await world.collector.forget(step.instanceId);
  if (row) await world.store.instances.removed(row);
  if (step.why === "over") await world.store.commands.removed(step.instanceId);
}

async function tell(
  world: World,
  row: InstanceRow,
  step: StepOf<"stop">,
  exitCode: number | null,
): Promise<void> {
  if (step.why === "replaced") return say(world, row, "Stopping process with SIGTERM");
  await world.store.instances.crashed(row, exitCode);
  const what =
    step.why === "crashed" ? `Process exited with status ${exitCode ?? "unknown"}` : "Not ready in time";
  await say(world, row, `${what}\nState changed from ${row.readyAt ? "up" : "starting"} to crashed`);
}
