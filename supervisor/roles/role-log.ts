import {
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from "node:fs";
import { isErrno } from "../processes/identity";

const rotateAtBytes = 10 * 1024 * 1024;

/** Size of a role's log now; what it writes from here on starts there. 0 when there is none. */
export function logSize(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return 0;
    throw error;
  }
}

/**
 * Moves a log over its limit to `<path>.1` (one old one is kept). Roles write to the open file themselves, so that their output
 * survives us; it is therefore copied and cut, and lines written in that instant can be lost.
 */
export function rotate(path: string): boolean {
  if (logSize(path) < rotateAtBytes) return false;
  copyFileSync(path, `${path}.1.new`);
  truncateSync(path);
  renameSync(`${path}.1.new`, `${path}.1`);
  return true;
}

/** The last lines written since an offset, at most `count`, oldest first. */
export function lastLines(path: string, since: number, count: number): string[] {
  const size = logSize(path);
  const from = Math.max(since, size - 16 * 1024);
  return readFrom(path, from).split("\n").filter(Boolean).slice(-count);
}

/** The text of a log from an offset on, at most 1 MiB; empty when there is no log. */
export function readFrom(path: string, offset: number): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return "";
    throw error;
  }
  try {
    const length = Math.min(1024 * 1024, Math.max(0, fstatSync(file).size - offset));
    const buffer = Buffer.alloc(length);
    return buffer.toString("utf8", 0, readSync(file, buffer, 0, length, offset));
  } finally {
    closeSync(file);
  }
}
