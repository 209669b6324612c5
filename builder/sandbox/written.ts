import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Where a step keeps what it writes to its root file system, found by one of its processes; null when that cannot be told. */
export async function layerOf(pid: number, root: string): Promise<string | null> {
  return upperDirectory(await readFile(`/proc/${pid}/mountinfo`, "utf8").catch(() => ""), root);
}

/** Of what a process sees mounted: at `root` as long as it has not gone there itself. */
export function upperDirectory(mountinfo: string, root: string): string | null {
  const overlays = mountinfo.split("\n").filter((line) => / - overlay /.test(line));
  const at = (point: string): string | undefined => overlays.find((line) => line.split(" ")[4] === point);
  return /upperdir=([^,\s]+)/.exec(at(root) ?? at("/") ?? "")?.[1] ?? null;
}

/** Bytes on the disk below each of the directories; those that are gone are left out. */
export async function bytesBelow(directories: string[]): Promise<Map<string, number>> {
  if (directories.length === 0) return new Map();
  // Files may go while they are counted: du then says so, and counts on.
  const { stdout } = await promisify(execFile)("du", ["-sxk", "--", ...directories], {
    timeout: 20_000,
  }).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }));
  const lines = stdout.split("\n").flatMap((line) => {
    const [, kilobytes, directory] = /^(\d+)\t(.+)$/.exec(line) ?? [];
    return directory === undefined ? [] : [[directory, Number(kilobytes) * 1024] as const];
  });
  return new Map(lines);
}
