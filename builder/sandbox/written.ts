import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Bytes that a step has written into its own layer, found by one of its processes; 0 when that cannot be told. */
export async function writtenBytes(pid: number): Promise<number> {
  const mounts = await readFile(`/proc/${pid}/mountinfo`, "utf8").catch(() => "");
  const upper = upperDirectory(mounts);
  if (upper === null) return 0;
  // Files may go while they are counted: du then says so, and counts on.
  const { stdout } = await promisify(execFile)("du", ["-sxk", "--", upper], { timeout: 20_000 }).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }),
  );
  return Number(/^\d+/.exec(stdout)?.[0] ?? 0) * 1024;
}

/** Where the root file system of a process keeps what was written to it. */
export function upperDirectory(mountinfo: string): string | null {
  const root = mountinfo
    .split("\n")
    .find((line) => / \/ .* - overlay /.test(line) && line.split(" ")[4] === "/");
  return /upperdir=([^,\s]+)/.exec(root ?? "")?.[1] ?? null;
}
