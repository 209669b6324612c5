import type Docker from "dockerode";
import { z } from "zod";
import { engineCall } from "./docker-errors";
import type { BuildCache } from "./engine";

const usageSchema = z.object({
  BuildCache: z.array(z.object({ Size: z.number(), Shared: z.boolean(), InUse: z.boolean() })).nullish(),
});
const prunedSchema = z.object({ SpaceReclaimed: z.number().nullish() });

/** BuildKit's cache in a Docker Engine; all platforms of the engine share it. */
export class DockerBuildCache implements BuildCache {
  constructor(readonly docker: Docker) {}

  async bytes(): Promise<number> {
    const usage = usageSchema.parse(await engineCall("Could not measure the build cache", this.docker.df()));
    // What images share with the cache stays with them.
    return (usage.BuildCache ?? []).filter(({ Shared }) => !Shared).reduce((sum, { Size }) => sum + Size, 0);
  }

  async prune(keepBytes: number): Promise<number> {
    const query = new URLSearchParams({
      all: "true",
      "keep-storage": `${Math.round(keepBytes)}`,
      "reserved-space": `${Math.round(keepBytes)}`,
    });
    const call = new Promise<unknown>((resolve, reject) => {
      const request = {
        path: `/build/prune?${query}`,
        method: "POST",
        statusCodes: { 200: true, 500: "server error" },
      };
      this.docker.modem.dial(request, (error: unknown, answer: unknown) =>
        error ? reject(error) : resolve(answer),
      );
    });
    return prunedSchema.parse(await engineCall("Could not prune the build cache", call)).SpaceReclaimed ?? 0;
  }
}
