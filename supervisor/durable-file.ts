import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { isErrno } from "./processes/identity";

/** Writes a file of mode 0600 so that a crash leaves the old one or the new one, never half of one. */
export function writeDurably(path: string, text: string): void {
  withTemporary(path, text, (temporary) => renameSync(temporary, path));
}

/** Creates a file of mode 0600 if there is none; false when there is one, which stays as it is. */
export function createDurably(path: string, text: string): boolean {
  if (existsSync(path)) return false;
  try {
    withTemporary(path, text, (temporary) => linkSync(temporary, path));
    return true;
  } catch (error) {
    if (isErrno(error, "EEXIST")) return false;
    throw error;
  }
}

function withTemporary(path: string, text: string, publish: (temporary: string) => void): void {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.new`;
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    publish(temporary);
    syncDirectory(dirname(path));
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Makes names in a directory survive a power cut. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
