import type { App } from "../../core/app";
import { generationOf, specHashOf } from "../../core/desired";
import { limitsFor } from "../../core/formation";
import type { Image } from "../../core/image";
import { type InstanceSpec, placeName } from "../../core/instance";
import type { Target } from "../../core/route";
import type { Database } from "../../server/store/database";
import type { Store } from "../../server/store/store";
import { FakeContainer, type FakeWorld } from "../../test/fakes/engine-world";

const instancesOfAnApp = 2;
/** What each app has behind it: releases, and instances that are gone. */
const pastReleases = 9;
const pastInstances = 20;
const port = 5000;
const image: Image = { id: "sha256:fleet", ref: "paas/fleet:1", madeBy: "dockerfile", port };

/**
 * Fills an empty ledger and a fake engine with apps that are as they should be: each with a history, two running web instances and a route
 * to them. Written in bulk: a deploy of each would take minutes.
 */
export async function makeFleet(
  store: Store,
  world: FakeWorld,
  platformId: string,
  size: number,
): Promise<App[]> {
  await writeApps(store.database, size);
  const apps = await store.apps.list();
  const fleet = apps.map((app, index) => specsOf(app, index));
  const specs = fleet.flat();
  await writeInstances(store.database, specs);
  await writeRoutes(store.database, fleet);
  for (const table of ["apps", "releases", "release_states", "instances", "routes"])
    await store.database.query(`analyze ${table}`);
  for (const spec of specs) {
    const container = new FakeContainer(platformId, spec.id, spec.appId, spec, {}, world);
    world.containers.add(container);
    container.start();
  }
  return apps;
}

const releaseIdOf = (app: App): string => `${app.id}-v${pastReleases + 1}`;

async function writeApps(database: Database, size: number): Promise<void> {
  await database.query(
    `insert into apps (id, name, formation) select 'fleet' || n, 'app-' || n, $2 from generate_series(1, $1::int) n`,
    [size, { quantities: { web: instancesOfAnApp }, limits: {} }],
  );
  await database.query(
    `insert into releases (id, app_id, version, image, process_types, config, config_names, reason, description, actor)
     select id || '-v' || version, id, version, $2, '{"web": {"command": null}}', '', '{}', 'deploy', 'Deploy', 'bench'
     from apps, generate_series(1, $1::int) version`,
    [pastReleases + 1, image],
  );
  for (const state of ["pending", "proven"])
    await database.query("insert into release_states (release_id, state) select id, $1 from releases", [
      state,
    ]);
  await database.query(
    `insert into instances (id, app_id, type, slot, release_id, version, spec_hash, address, ready_at, removed_at)
     select a.id || '-past' || n, a.id, 'web', 1, a.id || '-v1', 1, 'past', '10.0.0.1', now(), now()
     from apps a, generate_series(1, $1::int) n`,
    [pastInstances],
  );
}

async function writeInstances(database: Database, specs: InstanceSpec[]): Promise<void> {
  await database.query(
    `insert into instances (id, app_id, type, slot, release_id, version, spec_hash, address, ready_at, rotated)
     select id, "appId", type, slot, "releaseId", version, "specHash", address, now(), true
     from jsonb_to_recordset($1) as spec (id text, "appId" text, type text, slot int, "releaseId" text, version int, "specHash" text, address text)`,
    [JSON.stringify(specs)],
  );
}

/** `fleet` has a list of instances for each app. */
async function writeRoutes(database: Database, fleet: InstanceSpec[][]): Promise<void> {
  const routes = fleet.map((specs) => ({ id: specs[0]?.appId, targets: specs.map(targetOf) }));
  await database.query(
    `insert into routes (app_id, mode, targets, version)
     select id, 'serve', targets, 1 from jsonb_to_recordset($1) as route (id text, targets jsonb)`,
    [JSON.stringify(routes)],
  );
}

const targetOf = (spec: InstanceSpec): Target => ({
  instanceId: spec.id,
  name: placeName(spec),
  node: "local",
  address: spec.address,
  port,
  release: spec.version,
});

function specsOf(app: App, index: number): InstanceSpec[] {
  return Array.from({ length: instancesOfAnApp }, (_, number) => {
    const place = { type: "web", slot: number + 1 };
    return {
      ...place,
      id: `${app.id}i${place.slot}`,
      appId: app.id,
      appName: app.name,
      releaseId: releaseIdOf(app),
      version: pastReleases + 1,
      generation: generationOf(app, place),
      specHash: specHashOf(app, releaseIdOf(app), place),
      image,
      command: null,
      env: {},
      limits: limitsFor(app.formation, place.type),
      address: addressOf(index * instancesOfAnApp + number),
    };
  });
}

const addressOf = (number: number): string => `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
