import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { parseJson } from "../core/parse-json";
import { parseProcessStat } from "../core/process-stat";
import { replaceFile } from "./replace-file";

/** A pid is used again; with its start (clock ticks since boot) and boot it is one process for certain. */
const processSchema = z.object({
  routerId: z.string(),
  pid: z.number().int(),
  startTime: z.string(),
  bootId: z.string(),
});

/** The id of the router before this one, if it was killed; null when it lives, or ended in order, which it told itself. */
export async function killedPredecessor(path: string, bootId: string): Promise<string | null> {
  const text = await readFile(path, "utf8").catch(() => "");
  const before = processSchema.safeParse(parseJson(text)).data;
  if (!before) return null;
  const lives = before.bootId === bootId && (await startTimeOf(before.pid)) === before.startTime;
  return lives ? null : before.routerId;
}

/** Writes down which process this router is, for its successor. */
export async function writeProcess(path: string, routerId: string, bootId: string): Promise<void> {
  const startTime = (await startTimeOf(process.pid)) ?? "";
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, JSON.stringify({ routerId, pid: process.pid, startTime, bootId }));
}

/** Null when there is no such process, or it has ended and was not waited for. */
async function startTimeOf(pid: number): Promise<string | null> {
  return parseProcessStat(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")).startTime;
}
