import type { App } from "../../../core/app";
import type { Actor } from "../../../core/policy";
import type { Release } from "../../../core/release";
import type { Change } from "../../../core/release-diff";
import type { Context } from "../../actions/context";
import { promote, promotionOf } from "../../actions/releases/promote";
import type { ReleaseWish } from "../../actions/releases/release-line";

/** Releasing to one app what another runs. */
export interface Promotions {
  /** What would be promoted, and how the config of the two differs. */
  promotionOf(from: App, to: App, compareValues: boolean): Promise<{ release: Release; config: Change[] }>;
  promote(actor: Actor, from: App, to: App, version: number, wish: ReleaseWish): Promise<Release>;
}

export const promotionsOf = (ctx: Context): Promotions => ({
  promotionOf: (...args) => promotionOf(ctx, ...args),
  promote: (...args) => promote(ctx, ...args),
});
