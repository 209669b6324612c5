import { isMarker } from "./marker";
import { chunkBytes, type LogPlace, linesOf, listSegments, openSegment, readRange } from "./segment";

/** The last `wanted` lines before `end` that match, oldest first. Reads from the end, so that its cost is that of what it finds. */
export async function readBack(
  folder: string,
  end: LogPlace,
  wanted: number,
  matches: (line: string) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  if (wanted <= 0) return found;
  const segments = (await listSegments(folder)).filter((segment) => segment <= end.segment);
  for (const segment of segments.reverse()) {
    for await (const line of linesBackwards(folder, segment, segment === end.segment ? end.offset : null)) {
      if (isMarker(line) || !matches(line)) continue;
      found.push(line);
      if (found.length === wanted) return found.reverse();
    }
  }
  return found.reverse();
}

/** Lines of one segment, newest first; `limit` is where its end is, null for the file's own. */
async function* linesBackwards(
  folder: string,
  segment: number,
  limit: number | null,
): AsyncGenerator<string> {
  const file = await openSegment(folder, segment);
  if (!file) return;
  try {
    let at = limit ?? (await file.stat()).size;
    let tail: Buffer = Buffer.alloc(0);
    while (at > 0) {
      const start = Math.max(0, at - chunkBytes);
      const bytes = Buffer.concat([await readRange(file, start, at), tail]);
      // Before the first newline there may be only the rest of a line: it waits for the chunk before.
      const whole = start === 0 ? 0 : afterFirstLine(bytes);
      tail = bytes.subarray(0, whole);
      yield* linesOf(bytes.subarray(whole)).reverse();
      at = start;
    }
  } finally {
    await file.close();
  }
}

function afterFirstLine(bytes: Buffer): number {
  const newline = bytes.indexOf("\n");
  return newline === -1 ? bytes.length : newline + 1;
}
