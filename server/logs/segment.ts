import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** A log is a row of segment files, numbered upwards; only the newest grows. */
export interface LogSize {
  /** A segment that has reached this many bytes is followed by a new one. */
  segmentBytes: number;
  /** So many segments are kept. */
  keptSegments: number;
}

/** 40 MB an app. Whatever is in one segment is read once when the server starts. */
export const defaultLogSize: LogSize = { segmentBytes: 2 * 1024 * 1024, keptSegments: 20 };

/** Readers take this much at a time. */
export const chunkBytes = 64 * 1024;

/** A place in a log: an offset in bytes in one of its segments. */
export interface LogPlace {
  segment: number;
  offset: number;
}

const namePattern = /^(\d{10})\.log$/;

export const segmentFile = (folder: string, segment: number): string =>
  join(folder, `${String(segment).padStart(10, "0")}.log`);

/** Numbers of the segments in a folder, oldest first; none when there is no such folder. */
export async function listSegments(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names
    .flatMap((name) => namePattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** A segment open for reading; null when retention (or the removal of the log) took it away. */
export async function openSegment(folder: string, segment: number): Promise<FileHandle | null> {
  return open(segmentFile(folder, segment)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

/** Bytes [start, end) of a file, fewer when it ends before. */
export async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** The whole lines of some bytes, without their newlines. */
export function linesOf(bytes: Buffer): string[] {
  const lines = bytes.toString("utf8").split("\n");
  lines.pop();
  return lines;
}
