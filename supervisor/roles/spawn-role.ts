import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { type HandedSockets, handedVariable, handOver } from "../../core/handed-sockets";
import { type RunningProcess, watchChild } from "../processes/running";
import type { Role } from "./role";

/** A role that was started just now. */
export interface StartedRole {
  /** Absent when it ended at once. */
  running: RunningProcess | undefined;
  /** Resolves with undefined when it is ready, with the reason when it will not be. Ends no later than the role's limit. */
  ready: Promise<string | undefined>;
}

/** Starts a role in a session of its own, its output appended to its log by itself: neither depends on us living on. */
export function spawnRole(role: Role, logPath: string, held: HandedSockets): StartedRole {
  const log = openSync(logPath, "a", 0o600);
  try {
    const { descriptors, text } = handOver(held);
    const inherited = ["ignore" as const, log, log, ...descriptors];
    const child = spawn(role.command, role.argv, {
      cwd: role.cwd,
      env: role.sockets ? { ...role.env, [handedVariable]: text } : role.env,
      detached: true,
      stdio: role.ready === "ipc" ? [...inherited, "ipc"] : inherited,
      ...(role.user ?? {}),
    });
    const running = watchChild(child);
    const ended =
      running?.ended ?? new Promise<string>((resolve) => child.once("error", (e) => resolve(e.message)));
    return { running, ready: readiness(role, child, ended) };
  } finally {
    closeSync(log);
  }
}

async function readiness(
  role: Role,
  child: ChildProcess,
  ended: Promise<string>,
): Promise<string | undefined> {
  const stop = new AbortController();
  const announced = role.ready === "ipc" ? readyMessage(child) : untilTrue(role.ready, stop.signal);
  const late = delay(role.readyWithinMs, undefined, { signal: stop.signal }).then(
    () => `not ready after ${role.readyWithinMs / 1000} s`,
    () => undefined,
  );
  try {
    return await Promise.race([announced, ended, late]);
  } finally {
    stop.abort();
  }
}

function readyMessage(child: ChildProcess): Promise<undefined> {
  return new Promise((resolve) => {
    child.on("message", (message: unknown) => {
      if (typeof message === "object" && message !== null && "ready" in message && message.ready === true)
        resolve(undefined);
    });
  });
}

/** Databases announce nothing to a parent; they are asked. */
async function untilTrue(ask: () => Promise<boolean>, signal: AbortSignal): Promise<undefined> {
  while (!signal.aborted && !(await ask())) await delay(25);
}
