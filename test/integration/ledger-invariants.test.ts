import type { App } from "../../core/app";
import type { Build } from "../../core/build";
import { Sensitive } from "../../core/env";
import { newId } from "../../core/id";
import type { Database, Sql } from "../../server/store/database";
import type { Store } from "../../server/store/store";
import { TestDatabase } from "../support/database";
import { always, atRest } from "../support/invariants/ledger-rows";
import { brokenRowsOf } from "../support/ledger-invariants";

let server: TestDatabase;
let database: Database;
let store: Store;

beforeAll(async () => {
  server = await TestDatabase.start();
  ({ database, store } = await server.openStore());
  await deployed("shop");
}, 60_000);
afterAll(() => server?.close());

const commit = "c".repeat(40);
const image = { id: "sha256:1", ref: "paas/x:1", madeBy: "dockerfile", port: 5000 } as const;
const processTypes = { web: { command: "serve" }, release: { command: "migrate" } };
const rules = [...always, ...atRest];

/** An app with one proven deploy, whose command ran, and one instance that is routed to. */
async function deployed(name: string): Promise<void> {
  const app = await store.apps.create(name, "tester");
  const pushed = {
    appId: app.id,
    commit,
    ref: "refs/heads/main",
    oldCommit: "0",
    upload: null,
    actor: "tester",
  };
  const build = await store.builds.create(newId(), pushed, 1);
  await store.builds.start(build);
  const release = await released(app, build);
  await store.commands.started(release);
  await store.commands.ended(release, 0);
  await store.commands.removed(release.id);
  const place = { appId: app.id, type: "web", slot: 1, releaseId: release.id, version: release.version };
  const row = await store.instances.create({ id: newId(), ...place, specHash: "h" }, ["10.0.0.2"]);
  if (!row) throw new Error("no address");
  await store.instances.ready(row, "asked");
  const target = {
    instanceId: row.id,
    name: "web.1",
    node: "local",
    address: row.address,
    port: 5000,
    release: 1,
  };
  await store.routes.change(app.id, "serve", [target]);
  await store.releases.prove(release);
}

const released = (app: App, build: Build) =>
  store.releases.create(
    app.id,
    () => ({
      buildId: build.id,
      image,
      commit,
      ref: build.ref,
      processTypes,
      healthChecks: {},
      cron: [],
      config: new Sensitive({}),
      reason: "deploy",
      description: "Deploy",
      actor: "tester",
    }),
    {
      whenPending: "refuse",
      build: { build, result: { image, processTypes, quantities: {}, healthChecks: {}, cron: [] } },
    },
  );

/** A bake of the release, open or ended. */
const bake = (ended: string, outcome: string): string =>
  `insert into bakes (release_id, app_id, version, old_release_id, old_version, started_at, ends_at, ended_at, outcome)
    select id, app_id, version, id, 0, now(), now(), ${ended}, ${outcome} from releases`;

/** What breaks each rule; triggers that would refuse it are off. */
const faults: Record<string, string> = {
  "begin at 1": "update releases set version = 3",
  "at most one pending": `insert into releases select 'p' || n, app_id, n, null, image, commit, null, process_types, config, config_names, 'config',
      description, actor, 1, created_at, health_checks from releases, generate_series(2, 3) n;
    insert into release_states (release_id, state) values ('p2', 'pending'), ('p3', 'pending')`,
  "newest release can be pending": `insert into releases select 'n', app_id, 2, null, image, commit, null, process_types, config, config_names, 'config',
      description, actor, 1, created_at, health_checks from releases;
    insert into release_states (release_id, state) values ('n', 'proven');
    delete from release_states where state = 'proven' and release_id <> 'n'`,
  "no other way":
    "insert into release_states (release_id, state) select release_id, 'pending' from release_states where state = 'proven'",
  "follows an earlier": "update releases set parent_version = 7",
  "became of a release": "delete from events where name = 'release:proven'",
  "build that has ended": "update builds set finished_at = null",
  "became one release": "update releases set commit = 'other'",
  "release of its app": "update instances set version = 2",
  "one address": `insert into apps (id, name, formation) values ('o', 'other', '{}');
    insert into instances (id, app_id, type, slot, release_id, version, spec_hash, address)
      select 'twin', 'o', type, slot, release_id, version, spec_hash, address from instances`,
  "only what became ready": "update instances set ready_at = null",
  "crash and its removal": "update instances set crashed_at = now()",
  "targets are ready": "update instances set address = '10.0.0.3'",
  "instances of one release": `update routes set targets = targets || jsonb_set(targets->0, '{release}', '2')`,
  "newer than the table's": "update routes set version = version + 1",
  "at most once": "delete from events where name = 'command:started'",
  "proven only after": "update release_commands set exit_code = 1",
  "nothing proven came after": `${bake("null", "null")};
    delete from release_states where state = 'proven'`,
  "failed its bake": bake("now()", "'failed'"),
  "nothing bakes": bake("null", "null"),
  "no build is open": "update builds set status = 'running'",
  "no release is pending": "delete from release_states where state = 'proven'",
  "half destroyed": "update apps set destroying = true",
  "those of the current release": "update instances set left_rotation_at = now()",
  "every place": "update apps set formation = jsonb_set(formation, '{quantities,web}', '2')",
  "all its web instances": "update routes set targets = '[]'",
  "receipt is complete":
    "insert into receipts (release_id, app_id, version) select id, app_id, version from releases",
  "command is left": "update release_commands set removed_at = null",
};

class Undo extends Error {}

async function brokenBy(fault: string): Promise<string[]> {
  let broken: string[] = [];
  const tried = database.transaction(async (tx: Sql) => {
    for (const table of ["releases", "release_states"])
      await tx.query(`alter table ${table} disable trigger ${table}_immutable`);
    for (const statement of fault.split(";")) await tx.query(statement);
    broken = await brokenRowsOf(tx, rules);
    throw new Undo();
  });
  await expect(tried).rejects.toBeInstanceOf(Undo);
  return broken;
}

test("a ledger in order breaks no rule", async () => {
  expect(await brokenRowsOf(database, rules)).toEqual([]);
});

test.each(rules.map(({ rule }) => rule))("what breaks it is seen: %s", async (rule) => {
  const [fault] = Object.entries(faults).flatMap(([words, one]) => (rule.includes(words) ? [one] : []));
  expect(await brokenBy(fault ?? "select 'no fault is known for this rule'")).toEqual(
    expect.arrayContaining([expect.stringContaining(rule)]),
  );
});
