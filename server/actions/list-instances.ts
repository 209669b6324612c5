import type { App } from "../../core/app";
import { desiredOf } from "../../core/desired";
import type { EngineInstance } from "../../core/instance";
import { placeName } from "../../core/instance";
import type { InstanceView } from "../../core/wire";
import type { InstanceRow } from "../store/instances";
import type { Context } from "./context";

/** What `ps` shows: every wanted place, and what else still runs. */
export async function listInstances(ctx: Context, app: App): Promise<InstanceView[]> {
  const [release, proven, containers, rows] = await Promise.all([
    ctx.store.releases.current(app.id),
    ctx.store.releases.proven(app.id),
    ctx.engine.list(app.id),
    ctx.store.instances.present(app.id),
  ]);
  const desired = desiredOf(app, release, proven);
  const crashes = await ctx.store.instances.crashes(app.id, [
    ...new Set(desired.instances.map((one) => one.specHash)),
  ]);
  const commands = release?.processTypes ?? {};
  const present = containers.map((container) =>
    viewOf(
      container,
      rows.find((row) => row.id === container.id),
      commands,
    ),
  );
  const resting = desired.instances
    .filter((wanted) => !containers.some((one) => placeName(one) === placeName(wanted)))
    .map((wanted): InstanceView => {
      const crash = crashes.find(
        (one) => placeName(one) === placeName(wanted) && one.specHash === wanted.specHash,
      );
      return {
        name: placeName(wanted),
        type: wanted.type,
        slot: wanted.slot,
        command: commands[wanted.type]?.command ?? null,
        version: release?.version ?? 0,
        state: crash ? "crashed" : "starting",
        since: (crash?.lastAt ?? release?.createdAt ?? app.createdAt).toISOString(),
        exitCode: crash?.exitCode ?? null,
      };
    });
  return [...present, ...resting].sort((a, b) =>
    a.type === b.type ? a.slot - b.slot : a.type < b.type ? -1 : 1,
  );
}

function viewOf(
  container: EngineInstance,
  row: InstanceRow | undefined,
  commands: Record<string, { command: string | null }>,
): InstanceView {
  return {
    name: placeName(container),
    type: container.type,
    slot: container.slot,
    command: commands[container.type]?.command ?? null,
    version: container.version,
    state: stateOf(container, row),
    since: (row?.readyAt ?? container.startedAt ?? row?.createdAt ?? new Date(0)).toISOString(),
    exitCode: container.exitCode,
  };
}

function stateOf(container: EngineInstance, row: InstanceRow | undefined): InstanceView["state"] {
  if (container.state === "exited") return "crashed";
  return row?.readyAt ? "up" : "starting";
}
