import { type Receipt, receiptOf } from "../../../core/receipt";
import type { Release } from "../../../core/release";
import type { Context } from "../context";

/** What the switch to a release cost, as far as it is known by now; null when it never took over. */
export async function readReceipt(ctx: Pick<Context, "store">, release: Release): Promise<Receipt | null> {
  const record = await ctx.store.receipts.of(release.id);
  if (!record) return null;
  const buildId = release.reason === "deploy" ? release.buildId : null;
  const [build, events] = await Promise.all([
    buildId === null ? null : ctx.store.builds.byId(buildId),
    ctx.store.events.ofRelease(release.appId, release.version, buildId),
  ]);
  return receiptOf(record, build, events);
}
