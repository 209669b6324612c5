import { readFile } from "node:fs/promises";
import {
  bootstrapArguments,
  bootstrappedDebian,
  caBundlePath,
  debianImage,
  type Stack,
  type StackImage,
  stackFor,
} from "../../buildpacks/stack/stack";
import { messageOf, PaasError } from "../../core/error";
import { labels } from "../../core/image";
import { detail, heading } from "../../core/transcript";
import { contextEntry } from "../image/build-context";
import type { ImageEngine } from "../image/image-engine";
import { buildProgress } from "../image/progress";
import { wholeCache } from "../image/whole-cache";
import type { Write } from "../transcript/transcript";
import { bootstrapDebian } from "./bootstrap-debian";

const pullIdleMs = 10_000;

/** The stack's recipe, if both of its images are there. Every build asks: two names cost an engine with many images a tenth of what a list does. */
export async function findStackImages(engine: ImageEngine): Promise<Stack | null> {
  const wanted = stackFor(await hostCaBundle(), debianImage);
  const there = await Promise.all([wanted.run, wanted.build].map(({ ref }) => engine.inspect(ref)));
  return there.every((image) => image !== null) ? wanted : null;
}

/**
 * Makes the two stack images unless they are there, and returns their recipe. Plain Debian comes from the engine if it has it, else
 * from a registry, else from Debian's packages (mmdebstrap). Throws `unavailable` with what went wrong.
 */
export async function ensureStackImages(engine: ImageEngine, write: Write): Promise<Stack> {
  const there = await findStackImages(engine);
  if (there) return there;
  const caBundle = await hostCaBundle();
  const debian = await plainDebian(engine, caBundle, write);
  const stack = stackFor(caBundle, debian);
  const marks = { [labels.stackBase]: `${debian}@${(await engine.inspect(debian))?.digest}` };
  await buildStackImage(engine, stack.run, marks, caBundle, write);
  await buildStackImage(engine, stack.build, marks, caBundle, write);
  return stack;
}

/** Empty where the host keeps none: the images then have Debian's own. */
async function hostCaBundle(): Promise<Buffer> {
  try {
    return await readFile(caBundlePath);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

async function plainDebian(engine: ImageEngine, caBundle: Buffer, write: Write): Promise<string> {
  const bootstrapped = bootstrappedDebian(caBundle);
  for (const ref of [debianImage, bootstrapped]) if (await engine.inspect(ref)) return ref;
  write(heading(`Pulling ${debianImage}`));
  try {
    await engine.pull(debianImage, pullIdleMs);
    return debianImage;
  } catch (error) {
    write(detail(`No registry to pull from (${messageOf(error)})`));
  }
  await bootstrapDebian(engine, bootstrapped, bootstrapArguments(caBundle), write);
  return bootstrapped;
}

async function buildStackImage(
  engine: ImageEngine,
  image: StackImage,
  marks: Record<string, string>,
  caBundle: Buffer,
  write: Write,
): Promise<void> {
  write(heading(`Building ${image.ref}`));
  const progress = buildProgress(write, () => null);
  const files = [
    { name: "Dockerfile", text: image.dockerfile },
    { name: "ca.crt", text: caBundle },
  ];
  const request = {
    context: files.map(contextEntry),
    dockerfile: "Dockerfile",
    ref: image.ref,
    labels: marks,
  };
  const answer = await wholeCache(engine, write).build(request, (trace) => progress.take(trace));
  progress.end();
  if ("error" in answer)
    throw new PaasError("unavailable", `The image ${image.ref} could not be built: ${answer.error}`);
}
