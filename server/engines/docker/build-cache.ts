import { setTimeout as delay } from "node:timers/promises";
import { types } from "node:util";
import type Docker from "dockerode";
import { z } from "zod";
import type { BuildCache } from "../engine";
import { engineCall } from "./errors";

const usageSchema = z.object({
  BuildCache: z.array(z.object({ Size: z.number(), Shared: z.boolean(), InUse: z.boolean() })).nullish(),
});
const prunedSchema = z.object({ SpaceReclaimed: z.number().nullish() });

const [patienceMs, againMs] = [60_000, 250];

/** Gigabytes in thousands of records; less than clients of our API wait for an answer. */
const waitMs = 4 * 60_000;

/** BuildKit's cache in a Docker Engine; all platforms of the engine share it. */
export class DockerBuildCache implements BuildCache {
  constructor(readonly docker: Docker) {}

  async bytes(): Promise<number> {
    const answer = await engineCall(
      "Could not measure the build cache",
      inTurn(() => this.#ask("GET", "/system/df")),
    );
    // What images share with the cache stays with them.
    const records = usageSchema.parse(answer).BuildCache ?? [];
    return records.filter(({ Shared }) => !Shared).reduce((sum, { Size }) => sum + Size, 0);
  }

  async prune(keepBytes: number): Promise<number> {
    const query = new URLSearchParams({
      all: "true",
      "keep-storage": `${Math.round(keepBytes)}`,
      "reserved-space": `${Math.round(keepBytes)}`,
    });
    const answer = await engineCall(
      "Could not prune the build cache",
      inTurn(() => this.#ask("POST", `/build/prune?${query}`)),
    );
    return prunedSchema.parse(answer).SpaceReclaimed ?? 0;
  }

  #ask(method: string, path: string): Promise<unknown> {
    const request = { path, method, waitMs, statusCodes: { 200: true, 500: "server error" } };
    return new Promise((resolve, reject) => {
      this.docker.modem.dial(request, (error: unknown, answer: unknown) =>
        error ? reject(error) : resolve(answer),
      );
    });
  }
}

/** The engine does one such thing at a time, for whoever asks first (another platform, its operator); the others ask again. */
async function inTurn<T>(ask: () => Promise<T>): Promise<T> {
  const until = Date.now() + patienceMs;
  for (;;)
    try {
      return await ask();
    } catch (error) {
      if (!isBusy(error) || Date.now() > until) throw error;
      await delay(againMs);
    }
}

const isBusy = (error: unknown): boolean =>
  types.isNativeError(error) && error.message.includes("operation is already running");
