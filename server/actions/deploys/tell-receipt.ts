import { countText, notCounted, phasesText } from "../../../core/receipt";
import type { Release } from "../../../core/release";
import { detail } from "../../../core/transcript";
import type { Context } from "../context";
import { readReceipt } from "../releases/read-receipt";

/** How long a follower waits for the drain to end. */
const patienceMs = 2_000;

/** The receipt of a release that was just proven, for who follows it: complete if the drain ends soon, else where to find it. */
export async function* tellReceipt(
  ctx: Context,
  release: Release,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  for await (const _ of ctx.store.notices.changes(release.appId, patience)) {
    const receipt = await readReceipt(ctx, release);
    if (!receipt) return;
    if (!receipt.complete) continue;
    yield detail(`Took ${phasesText(receipt.phases)}`);
    // Nobody asks an app without web for anything.
    if (receipt.count || release.processTypes.web)
      yield detail(`During the switch: ${receipt.count ? countText(receipt.count) : notCounted}`);
    return;
  }
  if (!signal.aborted)
    yield detail(
      `What it replaced still drains: paas releases:info v${release.version} says what the switch cost`,
    );
}
