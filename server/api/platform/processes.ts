import type { App } from "../../../core/app";
import type { DrainPolicy, DrainWords } from "../../../core/drain";
import type { Limits } from "../../../core/formation";
import type { Actor } from "../../../core/policy";
import type { InstanceView, LimitWish } from "../../../core/wire";
import type { Context } from "../../actions/context";
import { limit, readLimits } from "../../actions/processes/limit";
import { listInstances } from "../../actions/processes/list-instances";
import { restart } from "../../actions/processes/restart";
import { scale } from "../../actions/processes/scale";
import { setDrain } from "../../actions/processes/set-drain";
import { settle } from "../../actions/processes/settle";
import { stop } from "../../actions/processes/stop";

/** An app's formation, and the instances that run because of it. */
export interface Processes {
  scale(actor: Actor, app: App, words: string[]): Promise<Quantities>;
  /** Scales a type, or all, to zero. */
  stop(actor: Actor, app: App, type: string | undefined): Promise<Quantities>;
  /** Starts instances anew, in turn; returns their names. */
  restart(actor: Actor, app: App, what: string | undefined): Promise<string[]>;
  /** Resolves when all is as wanted; throws `timeout`. */
  settle(app: App, limitMs: number, signal: AbortSignal): Promise<void>;
  listInstances(app: App): Promise<InstanceView[]>;
  /** By process type, and `run`. */
  readLimits(app: App): Promise<Record<string, Limits>>;
  limit(
    actor: Actor,
    app: App,
    wish: LimitWish,
  ): Promise<{ limits: Record<string, Limits>; previous: Record<string, Limits> }>;
  setDrain(actor: Actor, app: App, words: DrainWords): Promise<DrainChange>;
}

export interface Quantities {
  quantities: Record<string, number>;
  previous: Record<string, number>;
}

export interface DrainChange {
  drain: DrainPolicy;
  previous: DrainPolicy;
}

export const processesOf = (ctx: Context): Processes => ({
  scale: (...args) => scale(ctx, ...args),
  stop: (...args) => stop(ctx, ...args),
  restart: (...args) => restart(ctx, ...args),
  settle: (...args) => settle(ctx, ...args),
  listInstances: (app) => listInstances(ctx.store, app, new Date()),
  readLimits: (app) => readLimits(ctx, app),
  limit: (...args) => limit(ctx, ...args),
  setDrain: (...args) => setDrain(ctx, ...args),
});
