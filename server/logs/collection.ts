import { setTimeout as delay } from "node:timers/promises";
import { isPaasError } from "../../core/error";
import type { LogLine } from "../../core/log-line";
import type { Engine, LogEntry } from "../engines/engine";
import type { AppLogs } from "./app-logs";
import { batches } from "./batches";

/** One container whose output goes to the app's log. */
export interface LogSourceContainer {
  appId: string;
  instanceId: string;
  /** What people call it: `web.1`, `run.1234`. */
  place: string;
}

export type LogEngine = Pick<Engine, "logs" | "list" | "runs" | "commands">;

/** Told about every failure that is tried again. */
export type ReportFailure = (source: LogSourceContainer, error: unknown) => void;

const batchLimit = { items: 4_096, bytes: 256 * 1024 };
const firstRetryMs = 100;
const longestRetryMs = 5_000;

/**
 * Copies one container's output to its app's log until the container has ended and everything it wrote was read. The position is written with
 * the lines, so that whoever comes back after any crash goes on behind the last line that was kept: nothing lost, nothing twice.
 */
export async function collectContainer(
  engine: LogEngine,
  logs: AppLogs,
  source: LogSourceContainer,
  signal: AbortSignal,
  report: ReportFailure,
): Promise<void> {
  for (let retryMs = firstRetryMs; !signal.aborted; retryMs = Math.min(retryMs * 2, longestRetryMs)) {
    try {
      if (await copy(engine, logs, source, true, signal)) retryMs = firstRetryMs;
      // The stream also ends when the engine goes away; and what came between its end and the container's is still to be read.
      if (!(await isAlive(engine, source))) {
        await copy(engine, logs, source, false, signal);
        return;
      }
    } catch (error) {
      if (signal.aborted || isPaasError(error, "not_found")) return;
      report(source, error);
    }
    await delay(retryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function isAlive(engine: LogEngine, source: LogSourceContainer): Promise<boolean> {
  const { appId, instanceId } = source;
  const [instances, runs, commands] = await Promise.all([
    engine.list(appId),
    engine.runs(appId),
    engine.commands(appId),
  ]);
  const container =
    [...instances, ...runs].find(({ id }) => id === instanceId) ??
    commands.find(({ releaseId }) => releaseId === instanceId);
  return container !== undefined && container.state !== "exited";
}

/** Copies what there is and, when it follows, what comes. True when there was something. */
async function copy(
  engine: LogEngine,
  logs: AppLogs,
  source: LogSourceContainer,
  follow: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const since = (await logs.positions(source.appId)).get(source.instanceId) ?? null;
  // The engine's stream must end with this function, also when the log cannot be written and the container is silent.
  const stream = new AbortController();
  const stop = () => stream.abort();
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  let copied = false;
  try {
    const entries = engine.logs(source.instanceId, { since, follow, signal: stream.signal });
    for await (const batch of batches(entries, (entry) => entry.text.length, batchLimit)) {
      await logs.append(source.appId, batch.map(lineOf(source.place)), {
        [source.instanceId]: newest(batch),
      });
      copied = true;
    }
  } finally {
    stop();
    signal.removeEventListener("abort", stop);
  }
  return copied;
}

const lineOf =
  (place: string) =>
  (entry: LogEntry): LogLine => ({ at: entry.at, from: "app", place, text: entry.text });

const newest = (batch: LogEntry[]): string => batch.at(-1)?.cursor ?? "";
