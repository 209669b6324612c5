import type { StepOf } from "../../../core/step";
import { pause } from "../checks";
import type { Photographs } from "../observe";
import type { World } from "../world";

/** Ends when the time has come, or when the plan is another: the watch over the instances tells when one has become ready. */
export async function wait(
  world: World,
  _seen: Photographs,
  step: StepOf<"wait">,
  signal: AbortSignal,
): Promise<void> {
  await pause(step.until - world.now(), signal);
}
