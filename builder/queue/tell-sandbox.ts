import { Redis } from "ioredis";
import type { Keys } from "../../core/keys";
import { redisOptions } from "../../core/redis-url";
import type { Sandbox } from "../sandbox/sandbox";

/** Tells the platform how builds are held here, for its doctor. */
export async function tellSandbox(redisUrl: string, keys: Keys, { unlimited }: Sandbox): Promise<void> {
  const redis = new Redis(redisOptions(redisUrl));
  redis.on("error", () => undefined); // told by the call below
  try {
    await redis.set(keys.sandbox, JSON.stringify({ unlimited }));
  } finally {
    redis.disconnect();
  }
}
