import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Keys } from "../../core/keys";
import { redisOptions } from "../../core/redis-url";

/** One router line as it lies in the stream; ids rise. */
export interface AccessEntry {
  id: string;
  appId: string;
  line: string;
}

const batchSize = 500;
const blockMs = 5_000;
const retryMs = 1_000;

/** The routers' access lines from the oldest that Redis still holds, in batches, until aborted. */
export async function* readAccess(
  redisUrl: string,
  keys: Keys,
  signal: AbortSignal,
): AsyncGenerator<AccessEntry[]> {
  const redis = new Redis({ ...redisOptions(redisUrl), maxRetriesPerRequest: null });
  redis.on("error", () => {}); // it reconnects; the read below is repeated
  const stop = () => redis.disconnect();
  signal.addEventListener("abort", stop);
  let after = "0-0";
  try {
    while (!signal.aborted) {
      const read = await redis
        .xread("COUNT", batchSize, "BLOCK", blockMs, "STREAMS", keys.access, after)
        .catch(() => sleep(retryMs, null, { signal }).catch(() => null));
      const entries = (read?.[0]?.[1] ?? []).map(([id, fields]) => entryOf(id, fields));
      const last = entries.at(-1);
      if (!last) continue;
      after = last.id;
      yield entries;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    redis.disconnect();
  }
}

function entryOf(id: string, fields: string[]): AccessEntry {
  const at = (name: string) => fields[fields.indexOf(name) + 1] ?? "";
  return { id, appId: at("appId"), line: at("line") };
}
