import type { GarbageReport } from "../../../core/wire";
import type { Context } from "../../actions/context";
import { collectGarbage } from "../../actions/garbage/collect-garbage";

/** What the platform has no use for any more. */
export interface GarbageCollection {
  /** A dry run only tells. */
  collectGarbage(dryRun: boolean): Promise<GarbageReport>;
}

export const garbageCollectionOf = (ctx: Context): GarbageCollection => ({
  collectGarbage: (dryRun) => collectGarbage(ctx, dryRun),
});
