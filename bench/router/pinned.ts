import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** The proxy has a core of its own; all else is on the other one. */
export const cores = { proxy: "0", rest: "1" } as const;

export interface PinnedOptions {
  core: string;
  /** Takes stdout: an access log, or nothing. */
  output: string;
  env?: NodeJS.ProcessEnv;
}

/** Starts a program on one core. */
export function startPinned(program: string, args: string[], options: PinnedOptions): ChildProcess {
  const output = openSync(options.output, "a");
  return spawn("taskset", ["-c", options.core, program, ...args], {
    stdio: ["ignore", output, output],
    ...(options.env && { env: options.env }),
  });
}

/** Ends a program and waits for it. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const limit = setTimeout(() => child.kill("SIGKILL"), 3_000);
  await exited;
  clearTimeout(limit);
}

/** Resolves when something listens on a port of this machine; throws if the program ends before, or nothing does for long. */
export async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode} before it listened.`);
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await pause(50);
  }
  throw new Error(`Nothing listens on port ${port}.`);
}
