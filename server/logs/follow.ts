import type { Journal } from "./journal";
import { isMarker } from "./marker";
import { chunkBytes, type LogPlace, linesOf, listSegments, openSegment, readRange } from "./segment";

/**
 * Lines written after `from`, as they come, until aborted or the log is removed. Reads the files at the pace of its caller: a slow one costs no
 * memory, and one that falls behind the retention goes on with the oldest line there is.
 */
export async function* follow(journal: Journal, from: LogPlace, signal: AbortSignal): AsyncGenerator<string> {
  let place = from;
  while (!signal.aborted && !journal.removed) {
    const end = journal.end;
    if (place.segment === end.segment && place.offset >= end.offset) await nextBatch(journal, end, signal);
    else if (place.segment === end.segment) place = yield* between(journal.folder, place, end.offset, signal);
    else {
      place = yield* between(journal.folder, place, null, signal);
      place = await startOfNext(journal, place);
    }
  }
}

/** Yields the lines from `place` to `limit` (null: the file's end) and returns where it came to. */
async function* between(
  folder: string,
  place: LogPlace,
  limit: number | null,
  signal: AbortSignal,
): AsyncGenerator<string, LogPlace> {
  const file = await openSegment(folder, place.segment);
  if (!file) return { segment: place.segment, offset: limit ?? place.offset };
  try {
    const end = limit ?? (await file.stat()).size;
    let at = place.offset;
    let rest: Buffer = Buffer.alloc(0);
    while (at < end && !signal.aborted) {
      const bytes = await readRange(file, at, Math.min(end, at + chunkBytes));
      if (bytes.length === 0) break;
      at += bytes.length;
      const joined = Buffer.concat([rest, bytes]);
      const whole = joined.lastIndexOf("\n") + 1;
      rest = joined.subarray(whole);
      for (const line of linesOf(joined.subarray(0, whole))) if (!isMarker(line)) yield line;
    }
    return { segment: place.segment, offset: end };
  } finally {
    await file.close();
  }
}

async function startOfNext(journal: Journal, place: LogPlace): Promise<LogPlace> {
  const next = (await listSegments(journal.folder)).find((segment) => segment > place.segment);
  return { segment: next ?? journal.end.segment, offset: 0 };
}

/** Resolves when the log has grown past `seen`, was removed, or the signal was aborted. */
function nextBatch(journal: Journal, seen: LogPlace, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      unwatch();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const unwatch = journal.watch(done);
    signal.addEventListener("abort", done);
    const moved = journal.end.segment !== seen.segment || journal.end.offset !== seen.offset;
    if (moved || journal.removed || signal.aborted) done();
  });
}
