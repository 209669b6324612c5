import type Docker from "dockerode";
import { z } from "zod";
import { checksOfImage, imageHealthcheckSchema } from "../../../core/image-healthcheck";
import type { ForeignImage } from "../engine";
import { engineCall, engineCallUnless } from "./errors";

const inspectSchema = z.object({
  Id: z.string(),
  Size: z.number(),
  Config: z.object({
    Labels: z.record(z.string(), z.string()).nullish(),
    ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
    Cmd: z.array(z.string()).nullish(),
    Entrypoint: z.array(z.string()).nullish(),
    Healthcheck: imageHealthcheckSchema,
  }),
});

/** What an image that others made says of itself; null when it is not on the engine. */
export async function describeImage(docker: Docker, ref: string): Promise<ForeignImage | null> {
  const found = await engineCallUnless("Could not inspect an image", [404], docker.getImage(ref).inspect());
  if (found === undefined) return null;
  const { Id: id, Size: bytes, Config: config } = inspectSchema.parse(found);
  return {
    id,
    labels: config.Labels ?? {},
    exposed: Object.keys(config.ExposedPorts ?? {}),
    hasCommand: (config.Cmd?.length ?? 0) + (config.Entrypoint?.length ?? 0) > 0,
    healthChecks: checksOfImage(config.Healthcheck),
    bytes,
  };
}

/** Fetches an image from its registry; resolves when it is there. */
export async function pullImage(docker: Docker, ref: string): Promise<void> {
  const what = `Could not pull ${ref}`;
  const stream = await engineCall(what, docker.pull(ref));
  const pulled = new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (error: Error | null) => (error ? reject(error) : resolve()));
  });
  await engineCall(what, pulled);
}
