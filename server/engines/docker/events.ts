import { createInterface } from "node:readline";
import type { EngineEvent } from "../engine";
import { appLabel, instanceLabel, kindLabel, labelFilter, platformLabel } from "../labels";
import { engineError } from "./errors";
import type { DockerStreams } from "./streams";

interface DockerEvent {
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
}

/** Follows starts and ends of the platform's instances; `outOfMemory` hears of containers in which the kernel killed for memory. Ends when aborted and when the engine goes; throws when it cannot be reached at all. */
export async function* readEvents(
  streams: DockerStreams,
  platformId: string,
  signal: AbortSignal,
  outOfMemory: (containerId: string) => void,
): AsyncGenerator<EngineEvent> {
  const filters = {
    type: ["container"],
    event: ["start", "die", "oom"],
    ...labelFilter({ [platformLabel]: platformId, [kindLabel]: "instance" }),
  };
  const source = await streams.open("GET", "/events", { filters }, signal).catch((error: unknown) => {
    if (signal.aborted) return null;
    throw engineError("Could not follow the engine's events", error);
  });
  if (source === null) return;
  try {
    for await (const line of createInterface({ input: source })) {
      const event = JSON.parse(line) as DockerEvent;
      if (event.Action === "oom") outOfMemory(event.Actor.ID);
      else yield eventOf(event);
    }
  } catch (error) {
    // The engine went away, or we were told to leave: both are the end of what there is to tell.
    if (!source.destroyed) throw engineError("Could not read the engine's events", error);
  } finally {
    source.destroy();
  }
}

const eventOf = ({ Action, Actor: { Attributes: labels } }: DockerEvent): EngineEvent => ({
  appId: labels[appLabel] ?? "",
  instanceId: labels[instanceLabel] ?? "",
  what: Action === "start" ? "start" : "die",
});
