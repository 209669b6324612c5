import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { z } from "zod";
import { PaasError } from "../../core/error";
import type { BuildAnswer } from "./image-engine";
import { decodeTrace, type Trace } from "./trace";

const messageSchema = z.object({
  id: z.string().optional(),
  aux: z.unknown().optional(),
  error: z.string().optional(),
});
const imageIdSchema = z.object({ ID: z.string() });

/** Reads the answer of a build: JSON lines with progress, then the image's id or an error. */
export async function readBuildStream(
  stream: NodeJS.ReadableStream,
  onTrace: (trace: Trace) => void,
): Promise<BuildAnswer> {
  let answer: BuildAnswer | undefined;
  for await (const message of messages(stream)) {
    if (message.error !== undefined) answer = { error: message.error };
    else if (message.id === "moby.buildkit.trace" && typeof message.aux === "string")
      onTrace(decodeTrace(message.aux));
    else if (message.id === "moby.image.id") answer = { imageId: imageIdSchema.parse(message.aux).ID };
  }
  if (answer) return answer;
  throw new PaasError("unavailable", "The Docker Engine broke the build off without a word.");
}

/** Reads the answer of a pull or an import; throws what it says went wrong. With `idleMs`, silence that long is an error. */
export async function readPullStream(stream: NodeJS.ReadableStream, idleMs: number): Promise<void> {
  const readable = stream as Readable;
  const giveUp = (): void => {
    readable.destroy(new PaasError("timeout", `nothing moved for ${idleMs / 1000} s`));
  };
  const timer = idleMs > 0 ? setTimeout(giveUp, idleMs) : undefined;
  try {
    for await (const message of messages(stream)) {
      timer?.refresh();
      if (message.error !== undefined) throw new PaasError("unavailable", message.error);
    }
  } finally {
    clearTimeout(timer);
  }
}

async function* messages(stream: NodeJS.ReadableStream): AsyncGenerator<z.infer<typeof messageSchema>> {
  let broken: Error | undefined;
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  stream.on("error", (error: Error) => {
    broken = error;
    lines.close();
  });
  for await (const line of lines) if (line !== "") yield messageSchema.parse(JSON.parse(line));
  if (broken) throw broken;
}
