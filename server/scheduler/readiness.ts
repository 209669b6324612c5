import { setTimeout as sleep } from "node:timers/promises";
import { settleMs, webType } from "../../core/desired";
import type { EngineInstance } from "../../core/instance";
import type { InstanceRow } from "../store/instances";
import { say } from "./say";
import type { World } from "./world";

const probeTimeoutMs = 5_000;

/** The pause before the next look at an instance: short while it is young, so that a quick boot is seen at once. */
const pauseMs = (ageMs: number): number => Math.min(500, Math.max(15, ageMs / 20));

/**
 * Waits until a running instance is ready and writes that down: web answers HTTP, the others have run for a while.
 * Ends without it when aborted or when the container no longer runs.
 */
export async function awaitReady(
  world: World,
  instance: EngineInstance,
  row: InstanceRow,
  signal: AbortSignal,
): Promise<boolean> {
  const startedAt = instance.startedAt?.getTime() ?? world.now();
  if (instance.type !== webType) {
    await sleep(Math.max(0, startedAt + settleMs - world.now()), undefined, { signal }).catch(() => {});
    return (await isRunning(world, instance)) && markReady(world, row, "runs", signal);
  }
  while (!signal.aborted) {
    const { ready, seen } = await world.engine.probe(instance.address, instance.port, probeTimeoutMs);
    if (ready) return markReady(world, row, seen, signal);
    await sleep(pauseMs(world.now() - startedAt), undefined, { signal }).catch(() => {});
  }
  return false;
}

async function isRunning(world: World, instance: EngineInstance): Promise<boolean> {
  const running = await world.engine.list(instance.appId);
  return running.some((one) => one.id === instance.id && one.state === "running");
}

async function markReady(
  world: World,
  row: InstanceRow,
  check: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (signal.aborted) return false;
  if (await world.store.instances.ready(row, check))
    await say(world, row, "State changed from starting to up");
  return true;
}
