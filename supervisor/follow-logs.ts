import { watch } from "node:fs";
import { basename } from "node:path";
import { logSize, readFrom } from "./roles/role-log";

/** A line longer than this is printed in pieces. */
const longestLine = 512 * 1024;
const ownLog = "supervisor.log";

/** Prints what the roles append to their logs from now on, each line with its role's name, until aborted. */
export function followLogs(logDir: string, print: (line: string) => void, signal: AbortSignal): void {
  const followed = new Map<string, FollowedLog>();
  const watcher = watch(logDir, { signal }, (_event, name) => {
    if (name?.endsWith(".log") && name !== ownLog) followed.get(name)?.catchUp();
  });
  watcher.on("error", (error) => print(`The roles' logs cannot be followed: ${error.message}`));
  for (const role of ["router", "postgres", "redis", "server", "builder"]) {
    const name = `${role}.log`;
    followed.set(name, new FollowedLog(`${logDir}/${name}`, print));
  }
}

class FollowedLog {
  readonly #path: string;
  readonly #print: (line: string) => void;
  #offset: number;

  constructor(path: string, print: (line: string) => void) {
    this.#path = path;
    this.#print = print;
    this.#offset = logSize(path);
  }

  /** Prints the complete lines that were added; one under way waits for its end. */
  catchUp(): void {
    // Rotated: it begins anew.
    if (logSize(this.#path) < this.#offset) this.#offset = 0;
    const text = readFrom(this.#path, this.#offset);
    const complete = text.length < longestLine ? text.slice(0, text.lastIndexOf("\n") + 1) : text;
    this.#offset += Buffer.byteLength(complete);
    const role = basename(this.#path, ".log");
    for (const line of complete.split("\n").slice(0, -1)) this.#print(`${role.padEnd(8)} | ${line}`);
  }
}
