import type { Readable } from "node:stream";

/** One write of a program without TTY, as the engine multiplexes them. */
export interface Frame {
  stream: "stdout" | "stderr";
  data: Buffer;
}

const headerBytes = 8;
/** Far above what the engine writes at once (16 KiB and a time stamp, 32 KiB attached); more means that this is no such stream. */
const maxFrameBytes = 1024 * 1024;

/**
 * Cuts the engine's multiplexed stream into frames: stream number, three zeros, big-endian length, data. Pulls, so that a slow reader
 * slows the program and not our memory. An end inside a frame (the engine died) ends it. Destroys the source when left.
 */
export async function* readFrames(source: Readable): AsyncGenerator<Frame> {
  let chunks: Buffer[] = [];
  let buffered = 0;
  let wanted = headerBytes;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    buffered += chunk.length;
    if (buffered < wanted) continue;
    let rest = Buffer.concat(chunks);
    for (wanted = wantedBytes(rest); rest.length >= wanted; wanted = wantedBytes(rest)) {
      yield { stream: rest[0] === 2 ? "stderr" : "stdout", data: rest.subarray(headerBytes, wanted) };
      rest = rest.subarray(wanted);
    }
    chunks = [rest];
    buffered = rest.length;
  }
}

/** Bytes of the frame that a buffer begins with; those of a header while even that is incomplete. */
function wantedBytes(buffer: Buffer): number {
  if (buffer.length < headerBytes) return headerBytes;
  const length = buffer.readUInt32BE(4);
  if (length > maxFrameBytes || (buffer[0] ?? 9) > 2)
    throw new Error("The engine's stream is not multiplexed output.");
  return headerBytes + length;
}
