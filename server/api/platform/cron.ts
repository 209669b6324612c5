import type { App } from "../../../core/app";
import type { Run } from "../../../core/one-off";
import type { Actor } from "../../../core/policy";
import type { CronView } from "../../../core/wire";
import type { Context } from "../../actions/context";
import { listCron, runCron } from "../../actions/processes/cron";

/** The schedule of an app's current release. */
export interface Cron {
  listCron(app: App): Promise<CronView[]>;
  /** Starts the scheduled command of that number (from 1) now. */
  runCron(actor: Actor, app: App, number: number): Promise<Run>;
}

export const cronOf = (ctx: Context): Cron => ({
  listCron: (app) => listCron(ctx, app, new Date()),
  runCron: (...args) => runCron(ctx, ...args),
});
