import { webType } from "../../../core/desired";
import type { EngineInstance } from "../../../core/instance";
import { overDiskText } from "../../../core/limits";
import type { StepOf } from "../../../core/step";
import { defaultLook } from "../checks";
import { lastWords } from "../last-words";
import type { Photographs } from "../observe";
import type { World } from "../world";

const shownLines = 20;

/** Fails the pending release, with what its failed instance last wrote or what it listens on instead. */
export async function abandon(world: World, seen: Photographs, step: StepOf<"abandon">): Promise<void> {
  const release = await world.store.releases.byId(step.releaseId);
  if (!release) return;
  const reason =
    step.instanceId === null ? step.reason : await explained(world, seen, step.instanceId, step.reason);
  await world.store.releases.fail(release, reason);
  await world.refs.abort(release);
}

/** A reason with what the instance last wrote, or what it listens on instead. */
export async function explained(
  world: World,
  seen: Photographs,
  instanceId: string,
  reason: string,
): Promise<string> {
  const container = seen.containers.find((one) => one.id === instanceId);
  const passedNoCheck = seen.rows.get(instanceId)?.unhealthy != null;
  if (container?.state === "running" && container.type === webType && !passedNoCheck) {
    return `${reason}: it ${await heardOf(world, seen, container)}.`;
  }
  const lines = await lastWords(world.engine, instanceId, shownLines);
  const overDisk = seen.rows.get(instanceId)?.overDisk ?? null;
  if (overDisk !== null)
    return `${reason}: it was ${overDiskText(overDisk)}. More: paas resource:limit --disk ${overDisk.limitMb * 2}m`;
  if (container?.oom) {
    const { limitMb, peakMb } = container.oom;
    return `${reason}: it ran out of memory (limit ${limitMb} MB, peak ${peakMb} MB). More: paas resource:limit --memory ${limitMb * 2}m`;
  }
  return lines.length > 0
    ? `${reason}. Its last output:\n${lines.join("\n")}`
    : `${reason} without any output.`;
}

/** What a web instance that runs and is not ready does instead. */
async function heardOf(world: World, { protocol }: Photographs, container: EngineInstance): Promise<string> {
  const listeners = await world.engine.listeners(container.id);
  const isPort = "(the port is in the environment variable PORT)";
  if (listeners.length === 0) return `listens on no port ${isPort}`;
  const heard = `listens on ${listeners.join(", ")}`;
  const { ok, seen } = await defaultLook(world.engine, { ...container, protocol }, 0);
  const isThere = listeners.some((place) => place.endsWith(`:${container.port}`) && !isLocal.test(place));
  if (isThere && !ok) return `${heard}, but ${seen}`;
  return `${heard}, but should on 0.0.0.0:${container.port} ${isPort}`;
}

const isLocal = /^(127\.|\[?::1\]?:)/;
