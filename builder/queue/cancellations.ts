import { Redis } from "ioredis";
import { PaasError } from "../../core/error";
import type { Keys } from "../../core/keys";
import { redisOptions } from "../../core/redis-url";

/** Who of the builds under way is to end. */
export interface Cancellations {
  /** Aborts when the build is cancelled, at once when it was before; to be closed when the build is over. */
  watch(buildId: string): Promise<{ signal: AbortSignal; close(): void }>;
  close(): void;
}

/** `onError` hears of connection trouble; the connections come back by themselves, and ask again what they missed. */
export function openCancellations(
  redisUrl: string,
  keys: Keys,
  onError: (error: Error) => void,
): Cancellations {
  const options = { ...redisOptions(redisUrl), maxRetriesPerRequest: null };
  const asking = new Redis(options).on("error", onError);
  const listening = new Redis(options).on("error", onError);
  const watched = new Map<string, AbortController>();
  const end = (buildId: string): void =>
    watched.get(buildId)?.abort(new PaasError("build_failed", "The build was cancelled."));
  const ask = async (buildId: string): Promise<void> => {
    if ((await asking.exists(keys.buildCancelled(buildId))) > 0) end(buildId);
  };
  const askAll = (): void => {
    for (const buildId of watched.keys()) ask(buildId).catch(onError);
  };
  listening.on("message", (_channel, buildId: string) => end(buildId));
  listening.on("ready", askAll);
  void listening.subscribe(keys.cancelBuild).catch(onError);
  return {
    async watch(buildId) {
      const controller = new AbortController();
      watched.set(buildId, controller);
      await ask(buildId);
      return { signal: controller.signal, close: () => watched.delete(buildId) };
    },
    close() {
      asking.disconnect();
      listening.disconnect();
    },
  };
}
