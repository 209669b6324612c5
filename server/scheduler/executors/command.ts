import { setTimeout as sleep } from "node:timers/promises";
import { limitsFor } from "../../../core/formation";
import { launch } from "../../../core/launch";
import { commandPlace, type Release, releaseProcessType } from "../../../core/release";
import type { StepOf } from "../../../core/step";
import type { CommandSpec, LogEntry } from "../../engines/engine";
import { batches } from "../../logs/batches";
import type { Photographs } from "../observe";
import type { World } from "../world";

const batchLimit = { items: 1_000, bytes: 256 * 1024 };
/** Between two looks at a command whose output ended before it did: the engine was away. */
const lookAgainMs = 500;

/**
 * Runs a release's command to its end, or follows the one that a server before this started.
 * INVARIANT: at most once. The container is made, then the start written down, then it is started: so a container that is missing after
 * that is never made again, and one that was only created has never run.
 * Aborted, it leaves the command running: a later call goes on behind the last line that was kept.
 */
export async function command(
  world: World,
  seen: Photographs,
  step: StepOf<"command">,
  signal: AbortSignal,
): Promise<void> {
  const { engine, store } = world;
  const [release, record] = await Promise.all([
    store.releases.byId(step.releaseId),
    store.commands.ofRelease(step.releaseId),
  ]);
  if (release?.state !== "pending" || !record || record.exitCode !== null) return;
  if (record.startedAt === null) {
    await world.networks.ensure(release.appId);
    await engine.createCommand(await specOf(world, seen, release));
    if (!(await store.commands.started(release))) return;
  }
  await engine.startCommand(release.id);
  world.collector.collect({
    appId: release.appId,
    instanceId: release.id,
    place: commandPlace(release.version),
  });
  const exitCode = await ending(world, release, signal);
  if (exitCode !== null) await store.commands.ended(release, exitCode);
}

/** Keeps the output as it comes; the exit code at the end, null when aborted or when the container is gone. */
async function ending(world: World, release: Release, signal: AbortSignal): Promise<number | null> {
  while (!signal.aborted) {
    await keepOutput(world, release, signal);
    const container = (await world.engine.commands(release.appId)).find(
      (one) => one.releaseId === release.id,
    );
    if (!container) return null;
    if (container.state === "exited" && !signal.aborted) {
      await keepOutput(world, release, signal);
      return signal.aborted ? null : container.exitCode;
    }
    await sleep(lookAgainMs, undefined, { signal }).catch(() => undefined);
  }
  return null;
}

async function keepOutput(world: World, release: Release, signal: AbortSignal): Promise<void> {
  const since = (await world.store.commands.ofRelease(release.id))?.logCursor ?? null;
  const entries = world.engine.logs(release.id, { since, follow: true, signal });
  for await (const batch of batches(entries, (entry) => entry.text.length, batchLimit))
    await world.store.commands.appendOutput(release, textOf(batch), batch.at(-1)?.cursor ?? "");
}

const textOf = (batch: LogEntry[]): string => batch.map(({ text }) => `${text}\n`).join("");

async function specOf(world: World, seen: Photographs, release: Release): Promise<CommandSpec> {
  const { image, processTypes } = release;
  if (!image) throw new Error("a release with a command has no image");
  const line = processTypes[releaseProcessType]?.command ?? null;
  const start = line === null ? { env: {}, argv: [] } : launch(line);
  const config = await world.store.releases.readConfig(release.id);
  return {
    appId: release.appId,
    appName: seen.app.name,
    releaseId: release.id,
    version: release.version,
    image,
    env: { ...config.reveal(), PORT: String(image.port), ...start.env },
    argv: start.argv,
    limits: limitsFor(seen.app.formation, releaseProcessType),
  };
}
