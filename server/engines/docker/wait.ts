import { text } from "node:stream/consumers";
import { PaasError } from "../../../core/error";
import type { DockerStreams } from "./streams";

/** Waits for the end of a container that was started, and returns its exit code. Throws what the stream throws, and when the engine goes away. */
export async function waitForEnd(
  streams: DockerStreams,
  containerId: string,
  signal: AbortSignal,
): Promise<number> {
  const answer = await text(await streams.open("POST", `/containers/${containerId}/wait`, {}, signal));
  if (answer === "")
    throw new PaasError("unavailable", "The Docker Engine went away while it was asked to wait.");
  return (JSON.parse(answer) as { StatusCode: number }).StatusCode;
}
