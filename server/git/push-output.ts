import type { Duplex } from "node:stream";
import type { PushOutput } from "../../core/push";

const maxWaitingBytes = 4 * 1024 * 1024;

/** The pusher's terminal, at the end of a pipe. One who reads too slowly misses text in the middle, and is told so; nothing waits for him. */
export function openPushOutput(pipe: Duplex): PushOutput & { end(): void } {
  let skipped = 0;
  pipe.on("error", () => undefined); // the pusher, or his receive-pack, has gone
  pipe.resume();
  pipe.on("drain", () => {
    if (skipped > 0 && pipe.writable)
      pipe.write(` !     ${skipped} characters of output were left out: the connection is too slow.\n`);
    skipped = 0;
  });
  return {
    write: (text) => {
      if (!pipe.writable) return;
      if (pipe.writableLength > maxWaitingBytes) skipped += text.length;
      else pipe.write(text);
    },
    end: () => {
      if (pipe.writable) pipe.end();
    },
  };
}
