import { Redis } from "ioredis";
import { type PulledImage, pulledImageSchema } from "../../core/garbage";
import type { Keys } from "../../core/keys";
import { redisOptions } from "../../core/redis-url";

/** The record of images that builds have pulled: what is not in it is somebody else's, and nobody's garbage. */
export interface PulledImages {
  /** It was not on the engine before. */
  pulled(ref: string, imageId: string): Promise<void>;
  /** A build begins with it, whoever pulled it. */
  used(ref: string): Promise<void>;
}

/** A record in Redis, for the server to read. */
export function recordPulled(redisUrl: string, keys: Keys): PulledImages {
  const within = async (act: (redis: Redis) => Promise<void>): Promise<void> => {
    const redis = new Redis(redisOptions(redisUrl));
    redis.on("error", () => undefined); // told by the call below
    try {
      await act(redis);
    } finally {
      redis.disconnect();
    }
  };
  const write = async (redis: Redis, ref: string, imageId: string): Promise<void> => {
    const entry: PulledImage = { imageId, usedAt: new Date().toISOString() };
    await redis.hset(keys.pulledImages, ref, JSON.stringify(entry));
  };
  return {
    pulled: (ref, imageId) => within((redis) => write(redis, ref, imageId)),
    used: (ref) =>
      within(async (redis) => {
        const text = await redis.hget(keys.pulledImages, ref);
        if (text !== null) await write(redis, ref, pulledImageSchema.parse(JSON.parse(text)).imageId);
      }),
  };
}
