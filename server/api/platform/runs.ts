import type { Readable, Writable } from "node:stream";
import type { App } from "../../../core/app";
import type { Run } from "../../../core/one-off";
import type { Actor } from "../../../core/policy";
import type { DetachedRun, RunStart } from "../../../core/wire";
import type { Context } from "../../actions/context";
import { runDetached, runOnce, stopRun } from "../../actions/processes/run-once";

/** An app's one-offs. */
export interface Runs {
  /** Those under way, newest first. */
  openRuns(app: App): Promise<Run[]>;
  /** All, newest first. */
  listRuns(app: App, limit: number): Promise<Run[]>;
  runOnce(actor: Actor, app: App, start: RunStart): Promise<RunAttachment>;
  runDetached(actor: Actor, app: App, wish: DetachedRun): Promise<Run>;
  /** Resolves when it has ended. */
  stopRun(app: App, name: string): Promise<void>;
}

/** A one-off under way, as the engine hands it out. */
export interface RunAttachment {
  stdin: Writable | null;
  stdout: Readable;
  stderr: Readable | null;
  resize(columns: number, rows: number): Promise<void>;
  signal(name: string): Promise<void>;
  exited: Promise<number>;
  end(): Promise<void>;
}

export const runsOf = (ctx: Context): Runs => ({
  openRuns: (app) => ctx.store.runs.open(app.id),
  listRuns: (app, limit) => ctx.store.runs.list(app.id, limit),
  runOnce: (...args) => runOnce(ctx, ...args),
  runDetached: (...args) => runDetached(ctx, ...args),
  stopRun: (...args) => stopRun(ctx, ...args),
});
