import { execFileSync } from "node:child_process";
import { z } from "zod";

const inspected = z.tuple([
  z.object({
    Id: z.string(),
    Size: z.number(),
    Config: z.looseObject({ User: z.string(), Labels: z.record(z.string(), z.string()) }),
    RootFS: z.object({ Layers: z.array(z.string()) }),
  }),
]);

/** An image as the engine has it, and what a shell command says in it. */
export interface BuiltImage {
  id: string;
  user: string;
  labels: Record<string, string>;
  sizeBytes: number;
  /** Digests of its layers, in order. */
  layers: string[];
  /** All else that starts its containers: environment, command, ports. */
  config: Record<string, unknown>;
}

export function builtImage(ref: string): BuiltImage {
  const [image] = inspected.parse(JSON.parse(docker("image", "inspect", ref)));
  const { User: user, Labels: labels, ...config } = image.Config;
  return { id: image.Id, user, labels, sizeBytes: image.Size, layers: image.RootFS.Layers, config };
}

/** What a shell command says in an image, run as its own user. */
export const saidIn = (ref: string, command: string): string =>
  docker("run", "--rm", "--network=none", "--entrypoint=sh", ref, "-c", command);

const docker = (...words: string[]): string =>
  execFileSync("docker", words, { encoding: "utf8", maxBuffer: 1 << 26 });
