import { setTimeout as sleep } from "node:timers/promises";
import type { StepOf } from "../../../core/step";
import type { Photographs } from "../observe";
import { awaitReady } from "../readiness";
import type { World } from "../world";

/** Ends when one of the instances has become ready, when the time has come, or when the plan is another. */
export async function wait(
  world: World,
  seen: Photographs,
  step: StepOf<"wait">,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const instances = step.instanceIds.flatMap((id) => {
    const container = seen.containers.find((one) => one.id === id);
    const row = seen.rows.get(id);
    return container && row ? [{ container, row }] : [];
  });
  const time = sleep(Math.max(0, step.until - world.now()), undefined, { signal: either }).catch(() => {});
  try {
    await Promise.race([
      time,
      ...instances.map(({ container, row }) => awaitReady(world, container, row, either)),
    ]);
  } finally {
    over.abort();
  }
}
