import type { App } from "../../../core/app";
import type { Actor } from "../../../core/policy";
import type { Context } from "../../actions/context";
import { noticeOf } from "../../actions/releases/bake";

/** What happened to apps while nobody looked. */
export interface Notices {
  /** What this actor has not heard of the app; each is said once. */
  noticeOf(actor: Actor, app: App): Promise<string | null>;
}

export const noticesOf = (ctx: Context): Notices => ({
  noticeOf: (...args) => noticeOf(ctx, ...args),
});
