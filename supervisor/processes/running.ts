import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { identify, isRunning, type ProcessIdentity, signal } from "./identity";

/** A process that is being watched: one we started, or one we found running. */
export interface RunningProcess {
  identity: ProcessIdentity;
  /** Resolves when it has ended, with how; an adopted one does not tell. */
  ended: Promise<string>;
}

const watchIntervalMs = 200;

/**
 * Watches a process that another supervisor started. Its end is no event for us (it is not our child, and Node has no
 * pidfd), so /proc is asked five times a second.
 */
export function adopt(identity: ProcessIdentity): RunningProcess {
  const watch = async () => {
    while (isRunning(identity)) await delay(watchIntervalMs, undefined, { ref: true });
    return "ended";
  };
  return { identity, ended: watch() };
}

/** Watches a child; undefined when it ended before it could be looked at. */
export function watchChild(child: ChildProcess): RunningProcess | undefined {
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("exit", (code, by) => resolve(by === null ? `exit code ${code}` : `killed by ${by}`));
  });
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  return identity === undefined ? undefined : { identity, ended };
}

/** Asks a process to end, waits up to graceMs, kills it, and waits until it is gone. Gone is success. */
export async function endProcess(
  running: RunningProcess,
  stopSignal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  signal(running.identity, stopSignal);
  const timer = new AbortController();
  const late = delay(graceMs, "late", { signal: timer.signal }).catch(() => "cancelled");
  if ((await Promise.race([running.ended, late])) === "late") signal(running.identity, "SIGKILL");
  await running.ended;
  timer.abort();
}
