import type { App } from "../../../core/app";
import type { Bake } from "../../../core/bake";
import type { Actor } from "../../../core/policy";
import type { Release } from "../../../core/release";
import type { Context } from "../../actions/context";
import { bakeOf, listBakes, setBake } from "../../actions/releases/bake";

/** How an app's releases do after they took over, and for how long that is watched. */
export interface Bakes {
  setBake(actor: Actor, app: App, word: string): Promise<BakeChange>;
  /** Newest first; one under way with what is counted by now. */
  listBakes(app: App, limit: number): Promise<Bake[]>;
  /** Null when it had none. */
  bakeOf(release: Release): Promise<Bake | null>;
}

/** Milliseconds; null is off. */
export interface BakeChange {
  windowMs: number | null;
  previous: number | null;
}

export const bakesOf = (ctx: Context): Bakes => ({
  setBake: (...args) => setBake(ctx, ...args),
  listBakes: (...args) => listBakes(ctx, ...args),
  bakeOf: (release) => bakeOf(ctx, release),
});
