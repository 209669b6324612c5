import type { App } from "../../core/app";
import { type Desired, desiredOf } from "../../core/desired";
import type { EngineInstance } from "../../core/instance";
import type { Observed, ObservedInstance } from "../../core/observed";
import type { EngineCommand } from "../engines/engine";
import type { InstanceRow } from "../store/instances";
import type { CommandRow } from "../store/release-commands";
import type { World } from "./world";

/** The two photographs of one app, and the rows behind the second. */
export interface Photographs {
  app: App;
  desired: Desired;
  observed: Observed;
  containers: EngineInstance[];
  rows: Map<string, InstanceRow>;
  commandRecords: CommandRow[];
}

interface Phase {
  records: CommandRow[];
  containers: EngineCommand[];
}

/** Looks at what should run and at what runs; null when the app is gone. */
export async function observe(world: World, appId: string): Promise<Photographs | null> {
  const [app, target, proven, containers, present, crashes, route, phase] = await Promise.all([
    world.store.apps.byId(appId),
    world.store.releases.current(appId),
    world.store.releases.proven(appId),
    world.engine.list(appId),
    world.store.instances.present(appId),
    world.store.instances.crashes(appId),
    world.store.routes.ofApp(appId),
    observePhase(world, appId),
  ]);
  if (!app) return null;
  const desired = desiredOf(app, target, proven, phase.records);
  const rows = new Map(present.map((row) => [row.id, row]));
  return {
    app,
    desired,
    containers,
    rows,
    commandRecords: phase.records,
    observed: {
      now: world.now(),
      instances: containers.map((container) => observedOf(container, rows.get(container.id), world.now())),
      commands: phase.containers,
      crashes: crashes.map((crash) => ({ ...crash, lastAt: crash.lastAt.getTime() })),
      table: {
        targets: route?.targets.map((target) => target.instanceId) ?? [],
        acknowledged: world.publisher.acknowledged(route?.version ?? 0),
      },
      inFlight: world.publisher.inFlight(),
      streams: world.publisher.streams(),
    },
  };
}

/** Records first: a container is made before its start is written down, so one that is missing after that is gone. */
async function observePhase(world: World, appId: string): Promise<Phase> {
  const records = await world.store.commands.present(appId);
  return { records, containers: records.length > 0 ? await world.engine.commands(appId) : [] };
}

function observedOf(container: EngineInstance, row: InstanceRow | undefined, now: number): ObservedInstance {
  return {
    id: container.id,
    type: container.type,
    slot: container.slot,
    releaseId: container.releaseId,
    specHash: container.specHash,
    state: container.state,
    startedAt: (container.startedAt ?? row?.createdAt)?.getTime() ?? now,
    readyAt: row?.readyAt?.getTime() ?? null,
    exitCode: container.exitCode,
    unhealthy: row?.unhealthy ?? null,
    leftRotationAt: row?.leftRotationAt?.getTime() ?? null,
  };
}
