import type { App } from "../../../core/app";
import type { LogFilter } from "../../../core/log-line";
import type { Context } from "../../actions/context";
import type { AppLogs } from "../../logs/app-logs";

/** What apps and the platform say of apps. */
export interface Logs {
  /** Log lines without their newline; with `tail` until aborted. */
  readLogs(app: App, wish: LogWish, signal: AbortSignal): AsyncIterable<string>;
}

export interface LogWish {
  lines: number;
  tail: boolean;
  filter: LogFilter;
}

export const logsOf = ({ logs }: Pick<Context, "logs">): Logs => ({
  readLogs: (...args) => readLogs(logs, ...args),
});

/** An app's kept lines, then with `tail` each that comes until aborted. */
async function* readLogs(
  logs: Pick<AppLogs, "read" | "tail">,
  app: App,
  { lines, filter, tail }: LogWish,
  signal: AbortSignal,
): AsyncIterable<string> {
  if (tail) yield* logs.tail(app.id, { lines, filter, signal });
  else yield* await logs.read(app.id, { lines, filter });
}
