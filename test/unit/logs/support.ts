import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogLine } from "../../../core/log-line";

/** A folder that is gone when `test` has ended. */
export async function withFolder<T>(test: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "paas-logs-"));
  try {
    return await test(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const at = new Date("2026-11-20T10:00:00.000Z");
export const appLine = (text: string, place = "web.1"): LogLine => ({ at, from: "app", place, text });
export const shown = (text: string, place = "web.1"): string =>
  `2026-11-20T10:00:00.000Z app[${place}]: ${text}`;

/** What came after the head of each line. */
export const texts = (lines: string[]): string[] => lines.map((line) => line.replace(/^\S+ \S+ /, ""));

/** The first `count` values of an endless source, which is then left. */
export async function take<T>(source: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of source) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}
