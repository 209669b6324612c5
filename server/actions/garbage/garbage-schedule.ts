import { messageOf } from "../../../core/error";
import type { Context } from "../context";
import { collectGarbage, freeBytesOfEngine } from "./collect-garbage";

const everyMs = 3_600_000;
const lookMs = 60_000;

/** Collects garbage every hour, and sooner while the engine's disk is near its floor; deploys have no part in it. Returns how to stop. */
export function scheduleGarbage(ctx: Context): () => Promise<void> {
  let collectedAt = performance.now();
  let underWay: Promise<void> = Promise.resolve();
  const collect = async (): Promise<void> => {
    const free = await freeBytesOfEngine(ctx);
    const full = free !== null && free < 2 * ctx.settings.diskFloorMb * 2 ** 20;
    if (!full && performance.now() - collectedAt < everyMs) return;
    collectedAt = performance.now();
    const { items, bytes } = await collectGarbage(ctx, false);
    if (items.length > 0) ctx.log.info({ items: items.length, bytes }, "garbage was collected");
  };
  const timer = setInterval(() => {
    underWay = underWay
      .then(collect)
      .catch((error: unknown) => ctx.log.warn({ err: messageOf(error) }, "garbage could not be collected"));
  }, lookMs);
  return () => {
    clearInterval(timer);
    return underWay;
  };
}
