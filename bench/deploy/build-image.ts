import type Docker from "dockerode";

/** Builds a context with BuildKit and tags the image; a build that fails is an `error` in the stream. */
export async function buildImage(docker: Docker, context: NodeJS.ReadableStream, ref: string): Promise<void> {
  const stream = await docker.buildImage(context, { t: ref, version: "2" });
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  const failure = text.split("\n").find((line) => line.includes('"error"'));
  if (failure) throw new Error(`The build of ${ref} failed: ${failure}`);
}
