import type { App } from "../../core/app";
import type { Bake } from "../../core/bake";
import { type Desired, desiredOf } from "../../core/desired";
import type { HealthChecks } from "../../core/healthcheck";
import type { AppProtocol } from "../../core/http-policy";
import type { EngineInstance } from "../../core/instance";
import type { Observed, ObservedInstance } from "../../core/observed";
import type { Release } from "../../core/release";
import type { EngineCommand } from "../engines/engine";
import type { CrashRow, InstanceRow } from "../store/instances";
import { ledgerTime } from "../store/ledger-time";
import type { AppIds } from "../store/of-apps";
import type { CommandRow } from "../store/release-commands";
import type { StoredRoute } from "../store/routes";
import type { Clock } from "./clock";
import type { World } from "./world";

/** The two photographs of one app, and the rows behind the second. */
export interface Photographs {
  app: App;
  desired: Desired;
  observed: Observed;
  containers: EngineInstance[];
  rows: Map<string, InstanceRow>;
  commandRecords: CommandRow[];
  /** The one that is open. */
  bake: Bake | null;
  /** By release id, of the releases that are wanted. */
  healthChecks: Map<string, HealthChecks>;
  /** What its instances are spoken to. */
  protocol: AppProtocol;
}

interface Phase {
  records: CommandRow[];
  containers: EngineCommand[];
}

/** Looks at what should run and at what runs; null when the app is gone. */
export async function observe(world: World, appId: string): Promise<Photographs | null> {
  return (await observeAll(world, [appId]))[0] ?? null;
}

/**
 * Looks at many apps at once, or at every one. INVARIANT: the number of calls and statements does not depend on how many they are; a full
 * pass over all apps costs about as much as a look at one.
 */
export async function observeAll(world: World, appIds: AppIds): Promise<Photographs[]> {
  const { store, engine, clock } = world;
  const [apps, targets, proven, containers, present, crashes, routes, phases, bakes, protocols] =
    await Promise.all([
      store.apps.some(appIds),
      store.releases.currentOf(appIds),
      store.releases.provenOf(appIds),
      engine.list(appIds?.length === 1 ? appIds[0] : undefined),
      store.instances.presentOf(appIds),
      store.instances.crashesOf(appIds),
      store.routes.of(appIds),
      observePhases(world, appIds),
      store.bakes.openOf(appIds),
      store.httpSettings.protocolsOf(appIds),
      clock.ask(() => ledgerTime(store.database)),
    ]);
  const findTarget = byApp(targets);
  const findProven = byApp(proven);
  const findContainers = byApp(containers);
  const findPresent = byApp(present);
  const findCrashes = byApp(crashes);
  const findRoute = byApp(routes);
  const findRecords = byApp(phases.records);
  const findCommands = byApp(phases.containers);
  const findBake = byApp(bakes);
  const [inFlight, streams] = [world.routers.inFlight(), world.routers.streams()];
  return apps.map((app) =>
    photograph(
      world,
      { inFlight, streams },
      {
        app,
        target: findTarget(app.id)[0] ?? null,
        proven: findProven(app.id)[0] ?? null,
        containers: findContainers(app.id),
        present: findPresent(app.id),
        crashes: findCrashes(app.id),
        route: findRoute(app.id)[0] ?? null,
        records: findRecords(app.id),
        commands: findCommands(app.id),
        bake: findBake(app.id)[0] ?? null,
        protocol: protocols.get(app.id) ?? "http1",
      },
    ),
  );
}

/** What was read of one app. */
interface Facts {
  app: App;
  target: Release | null;
  proven: Release | null;
  containers: EngineInstance[];
  present: InstanceRow[];
  crashes: CrashRow[];
  route: StoredRoute | null;
  records: CommandRow[];
  commands: EngineCommand[];
  bake: Bake | null;
  protocol: AppProtocol;
}

function photograph(
  world: World,
  { inFlight, streams }: Pick<Observed, "inFlight" | "streams">,
  written: Facts,
): Photographs {
  const now = world.now();
  const facts = byTheClock(world.clock, written);
  const { app, containers, route, bake } = facts;
  const rows = new Map(facts.present.map((row) => [row.id, row]));
  return {
    app,
    desired: desiredOf(app, facts.target, facts.proven, facts.records, bake),
    bake,
    containers,
    rows,
    commandRecords: facts.records,
    protocol: facts.protocol,
    healthChecks: new Map(
      [facts.target, facts.proven].flatMap((one) => (one ? [[one.id, one.healthChecks]] : [])),
    ),
    observed: {
      now,
      instances: containers.map((container) => observedOf(container, rows.get(container.id), now)),
      commands: facts.commands,
      crashes: facts.crashes.map((crash) => ({ ...crash, lastAt: crash.lastAt.getTime() })),
      table: {
        mode: route?.mode ?? null,
        targets: route?.targets.map((target) => target.instanceId) ?? [],
        acknowledged: world.routers.acknowledged(route?.version ?? 0),
      },
      inFlight,
      streams,
      bake: bake && world.routers.bakeCount(bake),
    },
  };
}

/** The clock may have been set since these times were written: limits, rests and drains under way must last as long as they should. */
function byTheClock(clock: Clock, facts: Facts): Facts {
  const read = <T extends object>(thing: T): T => clock.read(thing);
  const { target, proven, containers, present, crashes, records, bake } = facts;
  return {
    ...facts,
    target: target && read(target),
    proven: proven && read(proven),
    containers: containers.map(read),
    present: present.map(read),
    crashes: crashes.map(read),
    records: records.map(read),
    bake: bake && read(bake),
  };
}

/** Records first: a container is made before its start is written down, so one that is missing after that is gone. */
async function observePhases({ store, engine }: World, appIds: AppIds): Promise<Phase> {
  const records = await store.commands.presentOf(appIds);
  const one = appIds?.length === 1 ? appIds[0] : undefined;
  return { records, containers: records.length > 0 ? await engine.commands(one) : [] };
}

function byApp<T extends { appId: string }>(things: T[]): (appId: string) => T[] {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const group = groups.get(thing.appId);
    if (group) group.push(thing);
    else groups.set(thing.appId, [thing]);
  }
  return (appId) => groups.get(appId) ?? [];
}

function observedOf(container: EngineInstance, row: InstanceRow | undefined, now: number): ObservedInstance {
  return {
    id: container.id,
    type: container.type,
    slot: container.slot,
    releaseId: container.releaseId,
    specHash: container.specHash,
    state: container.state === "running" && row?.endingAt ? "ending" : container.state,
    startedAt: (container.startedAt ?? row?.createdAt)?.getTime() ?? now,
    readyAt: row?.readyAt?.getTime() ?? null,
    exitCode: container.exitCode,
    lost: container.lost,
    unhealthy: row?.unhealthy ?? null,
    leftRotationAt: row?.leftRotationAt?.getTime() ?? null,
  };
}
