import type Docker from "dockerode";
import { z } from "zod";
import { stackImage } from "../stack-image";

/** What an image weighs, in MB: what it was built upon, the language's runtime, the app, and what is none of these. */
export interface ImageParts {
  base: number;
  runtime: number;
  app: number;
  rest: number;
}

const historySchema = z.array(z.object({ CreatedBy: z.string(), Size: z.number() }));

/** The parts of an image on the run stack, by what made its layers. */
export async function imageParts(docker: Docker, ref: string): Promise<ImageParts> {
  const base = await layersOf(docker, await stackImage(docker, "run"));
  const above = (await layersOf(docker, ref)).slice(base.length);
  const parts: ImageParts = { base: total(base), runtime: 0, app: 0, rest: 0 };
  for (const { CreatedBy: madeBy, Size: bytes } of above) parts[partMadeBy(madeBy)] += bytes / 1e6;
  return parts;
}

/** The app's own lie in /app, whichever way they came there. */
function partMadeBy(madeBy: string): "runtime" | "app" | "rest" {
  if (/\s\/app\/|node_modules|COPY \. \./.test(madeBy)) return "app";
  return /\/usr\/local\/|\/opt\/|apt-get/.test(madeBy) ? "runtime" : "rest";
}

/** Oldest first, as the engine tells them. */
async function layersOf(docker: Docker, ref: string): Promise<z.infer<typeof historySchema>> {
  const image: { history(): Promise<unknown> } = docker.getImage(ref);
  return historySchema.parse(await image.history()).reverse();
}

const total = (layers: z.infer<typeof historySchema>): number =>
  layers.reduce((sum, { Size }) => sum + Size, 0) / 1e6;

export const wholeMb = ({ base, runtime, app, rest }: ImageParts): number => base + runtime + app + rest;

/** For people, e.g. `75.3 + 115.2 + 3.1`. */
export const shownParts = ({ base, runtime, app, rest }: ImageParts): string =>
  [base, runtime, app, ...(rest > 0.05 ? [rest] : [])].map((mb) => mb.toFixed(1)).join(" + ");
