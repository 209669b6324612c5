import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { engineCallUnless, engineError, statusOf } from "./docker-errors";
import { type Frame, readFrames } from "./docker-frames";
import { openStream } from "./docker-stream";
import type { LogCursor, LogEntry, LogOptions } from "./engine";

/** Between two looks at a log whose stream ended too early and brought nothing. */
const retryMs = 100;

/**
 * Reads a container's log as the engine keeps it: one frame an entry, each with the engine's time stamp.
 * INVARIANT: following ends when the container has ended, not when a stream has: engines (20.10) end one when they rotate a busy log. So
 * a stream's end leads to the next one, from the last entry on; and after the container's end what is left is read.
 */
export async function* readLogs(
  docker: Docker,
  containerId: string,
  options: LogOptions,
): AsyncGenerator<LogEntry> {
  const { follow, signal } = options;
  let { since, tail } = options;
  for (let following = follow; ; ) {
    const before = since;
    for await (const entry of readStream(docker, containerId, {
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
  docker: Docker,
  containerId: string,
  options: LogOptions,
): AsyncGenerator<LogEntry> {
  const { since, follow, signal, tail } = options;
  const query = {
    stdout: true,
    stderr: true,
    timestamps: true,
    follow,
    ...(since === null ? {} : { since: unixTime(since) }),
    ...(tail === undefined ? {} : { tail }),
  };
  const place = new Place(since);
  try {
    const source = await openStream(docker, `/containers/${containerId}/logs`, query, signal);
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

/**
 * Counts where we are. Pieces of one long line carry the same stamp, so a cursor is `<stamp>` or `<stamp>+<n>`, the n-th entry after the
 * first of that stamp. The engine starts at a stamp inclusively: what was read before is skipped here.
 */
class Place {
  #skipTo: { stamp: string; count: number } | null;
  #stamp = "";
  #count = 0;

  constructor(since: LogCursor | null) {
    const [stamp = "", count = "0"] = since?.split("+") ?? [];
    this.#skipTo = since === null ? null : { stamp, count: Number(count) };
  }

  take({ stream, data }: Frame): LogEntry | null {
    const space = data.indexOf(0x20);
    const stamp = data.toString("latin1", 0, space);
    this.#count = stamp === this.#stamp ? this.#count + 1 : 0;
    this.#stamp = stamp;
    if (this.#wasRead(stamp)) return null;
    const end = data.at(-1) === 0x0a ? data.length - 1 : data.length;
    return {
      cursor: this.#count === 0 ? stamp : `${stamp}+${this.#count}`,
      at: new Date(stamp),
      stream,
      text: data.toString("utf8", space + 1, end),
    };
  }

  #wasRead(stamp: string): boolean {
    if (this.#skipTo === null) return false;
    const { stamp: last, count } = this.#skipTo;
    if (stamp < last || (stamp === last && this.#count <= count)) return true;
    this.#skipTo = null;
    return false;
  }
}

/** `1763664876.123456789`, as the engine's `since` wants it. */
function unixTime(cursor: LogCursor): string {
  const [stamp = ""] = cursor.split("+");
  const [seconds = "", fraction = "0Z"] = stamp.split(".");
  return `${Date.parse(`${seconds}Z`) / 1000}.${fraction.replace("Z", "")}`;
}
