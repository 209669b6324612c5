import type { App } from "../../core/app";
import type { AppLogs } from "../logs/app-logs";
import type { LogWish } from "./platform";

/** An app's kept lines, then with `tail` each that comes until aborted. */
export async function* readLogs(
  logs: Pick<AppLogs, "read" | "tail">,
  app: App,
  { lines, filter, tail }: LogWish,
  signal: AbortSignal,
): AsyncIterable<string> {
  if (tail) yield* logs.tail(app.id, { lines, filter, signal });
  else yield* await logs.read(app.id, { lines, filter });
}
