import type { EngineInstance } from "../../../core/instance";
import type { StepOf } from "../../../core/step";
import type { InstanceRow } from "../../store/instances";
import { lastWords } from "../last-words";
import type { Photographs } from "../observe";
import { say } from "../say";
import type { World } from "../world";

const graceMs = 30_000;
const keptLines = 50;

/** Ends an instance (or a command that is over), reads its last words, removes its container and frees its address. A crash is counted before its trace goes. */
export async function stop(world: World, seen: Photographs, step: StepOf<"stop">): Promise<void> {
  const row = seen.rows.get(step.instanceId);
  const container = seen.containers.find((one) => one.id === step.instanceId);
  if (row) {
    await note(world, row, step, container);
    await world.store.instances.ending(row);
  }
  await world.engine.end(step.instanceId, graceMs);
  await world.collector.drained(step.instanceId);
  await world.engine.stop(step.instanceId, 0);
  await world.collector.forget(step.instanceId);
  if (row) await world.store.instances.removed(row);
  if (step.why === "over") await world.store.commands.removed(step.instanceId);
}

/** Says why it ends; an end that nobody wished for is noted, too. */
async function note(
  world: World,
  row: InstanceRow,
  { why }: StepOf<"stop">,
  container: EngineInstance | undefined,
): Promise<void> {
  if (why === "replaced" || why === "over") await say(world, row, "Stopping process with SIGTERM");
  else if (why === "lost")
    await say(world, row, "Process ended with the engine or the host; it is started anew");
  else await noteCrash(world, row, why, container);
}

async function noteCrash(
  world: World,
  row: InstanceRow,
  why: "crashed" | "unready" | "unhealthy",
  container: EngineInstance | undefined,
): Promise<void> {
  const exitCode = container?.exitCode ?? null;
  const oom = container?.oom ?? null;
  const lastLines = await lastWords(world.engine, row.id, keptLines);
  await world.store.instances.crashed(row, { exitCode, oom, lastLines });
  const what = {
    crashed: `Process exited with status ${exitCode ?? "unknown"}`,
    unready: row.unhealthy === null ? "Not ready in time" : "Stopping process: its checks did not pass",
    unhealthy: "Stopping unhealthy process with SIGTERM",
  }[why];
  const outOfMemory =
    oom === null
      ? ""
      : `Error R14 (Memory quota exceeded): a program needed more than the limit of ${oom.limitMb} MB (peak ${oom.peakMb} MB)\n`;
  await say(
    world,
    row,
    `${outOfMemory}${what}\nState changed from ${row.readyAt ? "up" : "starting"} to crashed`,
  );
}
