import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import type { ExecResult } from "../engine";
import { engineCall, engineError, statusOf } from "./errors";
import { readFrames } from "./frames";

/** How much of the end of its output is kept. */
const keptBytes = 4 * 1024;

/**
 * Runs a command inside a running container, in its environment, and waits for its end. One that takes too long is killed where we can reach
 * it (on this machine); elsewhere it ends with its container.
 */
export async function execInside(
  docker: Docker,
  containerId: string,
  argv: string[],
  timeoutMs: number,
): Promise<ExecResult> {
  const what = `Could not run ${argv[0] ?? "a command"}`;
  const ended: ExecResult = { exitCode: null, output: "the instance does not run" };
  try {
    const options = { Cmd: argv, AttachStdout: true, AttachStderr: true };
    const exec = await engineCall(what, docker.getContainer(containerId).exec(options));
    const stream = await exec.start({ hijack: true, stdin: false });
    const read = await readFor(stream, timeoutMs);
    const state = await engineCall(what, exec.inspect());
    if (read.complete) return { exitCode: state.ExitCode ?? null, output: read.output };
    await killInside(state.Pid, containerId);
    return { exitCode: null, output: `not done within ${timeoutMs / 1000} s` };
  } catch (error) {
    const status = statusOf(error) ?? statusOf((error as { cause?: unknown }).cause);
    // 409: it is not running; 404: it is gone.
    if (status === 404 || status === 409) return ended;
    // What cannot be started at all (no such program) is the command's fault, not the engine's.
    if (status === 400 || status === 500) return { exitCode: 126, output: engineError(what, error).message };
    throw engineError(what, error);
  }
}

async function readFor(stream: Readable, timeoutMs: number): Promise<{ complete: boolean; output: string }> {
  let output = Buffer.alloc(0);
  let complete = true;
  const timer = setTimeout(() => {
    complete = false;
    stream.destroy();
  }, timeoutMs);
  try {
    for await (const { data } of readFrames(stream))
      output = Buffer.concat([output, data]).subarray(-keptBytes);
  } catch (error) {
    // Destroyed by us: that is the time-out, not a fault.
    if (complete) throw error;
  } finally {
    clearTimeout(timer);
  }
  return { complete, output: output.toString("utf8").trim() };
}

/** INVARIANT: only a process of that very container is killed; on another machine the number means somebody else. */
async function killInside(pid: number, containerId: string): Promise<void> {
  try {
    if (pid > 1 && (await readFile(`/proc/${pid}/cgroup`, "utf8")).includes(containerId))
      process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!["ENOENT", "EACCES", "EPERM", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? ""))
      throw error;
  }
}
