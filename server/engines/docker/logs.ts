import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import type { LogEntry, LogOptions } from "../engine";
import { engineCallUnless, engineError, statusOf } from "./errors";
import { readFrames } from "./frames";
import { LogPlace, sinceTime } from "./log-place";
import type { DockerStreams } from "./streams";

/** Between two looks at a log whose stream ended too early and brought nothing. */
const retryMs = 100;

/**
 * Reads a container's log as the engine keeps it: one frame an entry, each with the engine's time stamp.
 * INVARIANT: following ends when the container has ended, not when a stream has: engines (20.10) end one when they rotate a busy log. So
 * a stream's end leads to the next one, from the last entry on; and after the container's end what is left is read.
 */
export async function* readLogs(
  docker: Docker,
  streams: DockerStreams,
  containerId: string,
  options: LogOptions,
): AsyncGenerator<LogEntry> {
  const { follow, signal } = options;
  let { since, tail } = options;
  for (let following = follow; ; ) {
    const before = since;
    for await (const entry of readStream(streams, containerId, {
      ...options,
      since,
      follow: following,
      ...(tail === undefined ? {} : { tail }),
    })) {
      since = entry.cursor;
      tail = undefined;
      yield entry;
    }
    if (!following || signal.aborted) return;
    following = await isRunning(docker, containerId);
    if (following && since === before) await sleep(retryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function isRunning(docker: Docker, containerId: string): Promise<boolean> {
  const inspection = docker.getContainer(containerId).inspect();
  return (await engineCallUnless("Could not inspect a container", [404], inspection))?.State.Running ?? false;
}

async function* readStream(
  streams: DockerStreams,
  containerId: string,
  options: LogOptions,
): AsyncGenerator<LogEntry> {
  const { since, follow, signal, tail } = options;
  const query = {
    stdout: true,
    stderr: true,
    timestamps: true,
    follow,
    ...(since === null ? {} : { since: sinceTime(since) }),
    ...(tail === undefined ? {} : { tail }),
  };
  const place = new LogPlace(since);
  try {
    const source = await streams.open("GET", `/containers/${containerId}/logs`, query, signal);
    for await (const frame of readFrames(source)) {
      const entry = place.take(frame);
      if (entry) yield entry;
    }
  } catch (error) {
    // 409: it can no longer be read because it is being removed.
    if (signal.aborted || [404, 409].includes(statusOf(error) ?? 0)) return;
    throw engineError("Could not read a log", error);
  }
}
