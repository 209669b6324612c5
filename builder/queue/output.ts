import { Redis } from "ioredis";
import type { Keys } from "../../core/keys";
import { redisOptions } from "../../core/redis-url";
import { complaint } from "../../core/transcript";
import type { Write } from "../transcript/transcript";

/** A build's transcript on its way to whoever follows the build. */
export interface Output {
  write: Write;
  /** Sends what is left and the end mark; rejects when Redis did not take it all. */
  end(): Promise<void>;
}

const maxBytes = 10 * 2 ** 20;
const keepSeconds = 86_400;

/** The streams of all builds of this builder, over one connection. */
export interface Outputs {
  of(buildId: string): Output;
  close(): void;
}

/** `onError` hears of connection trouble; the connection comes back by itself, and what was written meanwhile is sent then. */
export function openOutputs(redisUrl: string, keys: Keys, onError: (error: Error) => void): Outputs {
  const redis = new Redis({ ...redisOptions(redisUrl), maxRetriesPerRequest: null });
  redis.on("error", onError);
  const append = async (key: string, field: string, value: string): Promise<void> => {
    const answers = await redis.pipeline().xadd(key, "*", field, value).expire(key, keepSeconds).exec();
    for (const [error] of answers ?? []) if (error) throw error;
  };
  return {
    of: (buildId) => batchedOutput((field, value) => append(keys.buildOutput(buildId), field, value)),
    close: () => redis.disconnect(),
  };
}

/**
 * What is written in one turn of the event loop, or while the last entry is under way, goes as one entry. Past 10 MB the rest is
 * dropped, with one line that says so.
 */
export function batchedOutput(append: (field: "text" | "end", value: string) => Promise<void>): Output {
  let waiting = "";
  let bytes = 0;
  let sending: Promise<void> | null = null;
  let fault: unknown = null;

  const drain = async (): Promise<void> => {
    while (waiting !== "") {
      const text = waiting;
      waiting = "";
      await append("text", text);
    }
  };
  const wake = (): void => {
    sending ??= Promise.resolve()
      .then(drain)
      .catch((error: unknown) => {
        fault = error;
      })
      .finally(() => {
        sending = null;
        if (waiting !== "" && fault === null) wake();
      });
  };
  return {
    write(text) {
      if (bytes > maxBytes || fault !== null) return;
      bytes += Buffer.byteLength(text);
      waiting += bytes > maxBytes ? tooMuch : text;
      wake();
    },
    async end() {
      while (sending) await sending;
      if (fault !== null) throw fault;
      await append("end", "1");
    },
  };
}

const tooMuch = complaint(`The output is over ${maxBytes / 2 ** 20} MB: the rest is not shown.`);
