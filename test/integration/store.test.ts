import type { App } from "../../core/app";
import type { Build, BuildResult } from "../../core/build";
import { Sensitive } from "../../core/env";
import { newId } from "../../core/id";
import { Cipher } from "../../server/store/cipher";
import type { Database } from "../../server/store/database";
import { migrate } from "../../server/store/migrate";
import type { Draft } from "../../server/store/release-draft";
import { openStore, type Store } from "../../server/store/store";
import { TestDatabase } from "../support/database";

let server: TestDatabase;
let database: Database;
let store: Store;
const key = new Sensitive("ab".repeat(32));

beforeAll(async () => {
  server = await TestDatabase.start();
  database = server.open();
  await migrate(database);
  store = openStore(database, new Cipher(key));
}, 60_000);
afterAll(() => server?.close());

const newApp = (): Promise<App> => store.apps.create(`app-${newId(8)}`, "tester");
const image = { id: "sha256:1", ref: "paas/x:1", madeBy: "dockerfile", port: 5000 } as const;

const draft = (change: Partial<Draft> = {}): Draft => ({
  buildId: null,
  image,
  commit: "c".repeat(40),
  ref: null,
  processTypes: { web: { command: "serve" }, worker: { command: "work" } },
  healthChecks: {},
  cron: [],
  config: new Sensitive({ SECRET: "s3cret-value" }),
  reason: "config",
  description: "Set SECRET config vars",
  actor: "tester",
  ...change,
});

const refuse = { whenPending: "refuse" } as const;

describe("migrations", () => {
  test("run once, also when several servers start at once", async () => {
    await Promise.all([migrate(server.open()), migrate(server.open()), migrate(database)]);
    const rows = await database.query("select number from migrations order by number");
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length);
  });

  test("refuse a database of a newer paas", async () => {
    await database.query("insert into migrations (number) values (9999)");
    await expect(migrate(database)).rejects.toMatchObject({ code: "conflict" });
    await database.query("delete from migrations where number = 9999");
  });
});

describe("the ledger", () => {
  test("numbers releases per app and knows their state", async () => {
    const app = await newApp();
    const first = await store.releases.create(app.id, () => draft({ image: null }), refuse);
    expect(first).toMatchObject({
      version: 1,
      state: "proven",
      configNames: ["SECRET"],
      parentVersion: null,
    });
    const second = await store.releases.create(app.id, () => draft(), refuse);
    expect(second).toMatchObject({ version: 2, state: "pending", parentVersion: 1 });
    expect(await store.releases.prove(second)).toBe(true);
    expect(await store.releases.fail(second, "too late")).toBe(false);
    expect(
      (await store.releases.list(app.id, 10)).map(({ version, state }) => `v${version} ${state}`),
    ).toEqual(["v2 proven", "v1 proven"]);
  });

  test("never changes a release", async () => {
    const app = await newApp();
    const release = await store.releases.create(app.id, () => draft(), refuse);
    const change = database.query("update releases set actor = 'someone' where id = $1", [release.id]);
    await expect(change).rejects.toThrow("immutable");
    const restate = database.query("update release_states set state = 'proven' where release_id = $1", [
      release.id,
    ]);
    await expect(restate).rejects.toThrow("immutable");
  });

  test("has one pending release an app: the next waits or supersedes", async () => {
    const app = await newApp();
    const pending = await store.releases.create(app.id, () => draft(), refuse);
    const second = store.releases.create(app.id, () => draft(), refuse);
    await expect(second).rejects.toMatchObject({ code: "busy", detail: { version: 1 } });
    await store.releases.create(app.id, () => draft(), { whenPending: "supersede" });
    expect(await store.releases.byId(pending.id)).toMatchObject({
      state: "failed",
      failure: "superseded by v2",
    });
  });

  test("stands many writers at once: versions have no gap and one is pending", async () => {
    const app = await newApp();
    const tries = Array.from({ length: 12 }, () =>
      store.releases.create(app.id, () => draft(), refuse).catch((error: { code: string }) => error.code),
    );
    const ended = await Promise.all(tries);
    expect(ended.filter((one) => one === "busy")).toHaveLength(11);
    expect((await store.releases.list(app.id, 20)).map(({ version }) => version)).toEqual([1]);
  });

  test("gives a failed release's config no effect, and a rollback's all of it", async () => {
    const app = await newApp();
    const release = await store.releases.create(
      app.id,
      () => draft({ config: new Sensitive({ A: "1" }) }),
      refuse,
    );
    await store.releases.prove(release);
    const failed = await store.releases.create(
      app.id,
      () => draft({ config: new Sensitive({ A: "2" }) }),
      refuse,
    );
    await store.releases.fail(failed, "crashed");
    const current = await store.releases.current(app.id);
    expect(current?.version).toBe(1);
    expect((await store.releases.readConfig(current?.id ?? "")).reveal()).toEqual({ A: "1" });
  });

  test("writes config encrypted, bound to its release", async () => {
    const app = await newApp();
    const one = await store.releases.create(app.id, () => draft(), refuse);
    const rows = await database.query<{ config: Buffer; row: string }>(
      "select config, releases::text as row from releases where id = $1",
      [one.id],
    );
    expect(rows[0]?.row).not.toContain("s3cret");
    expect(rows[0]?.config.toString("latin1")).not.toContain("s3cret");
    expect(() => store.cipher.open(rows[0]?.config ?? Buffer.alloc(0), "another")).toThrow(
      "cannot be decrypted",
    );
    expect(() =>
      new Cipher(new Sensitive("cd".repeat(32))).open(rows[0]?.config ?? Buffer.alloc(0), one.id),
    ).toThrow("secret key");
  });
});

describe("a receipt", () => {
  test("is open from the switch to the drain's end, also for the next server, and then never changed", async () => {
    const app = await newApp();
    const release = await store.releases.create(app.id, () => draft(), refuse);
    const { id, version } = release;
    expect(await store.receipts.of(id)).toBeNull();
    expect(await store.receipts.open(app.id)).toEqual([]);
    await store.receipts.begin(app.id, id, version);
    await store.receipts.begin(app.id, id, version);
    expect(await store.receipts.open(app.id)).toMatchObject([{ version, switchMs: null, drainedAt: null }]);
    await store.receipts.switched(id);
    expect(await store.receipts.of(id)).toMatchObject({ switchMs: expect.any(Number), drainedAt: null });
    const successor = openStore(database, new Cipher(key));
    expect(await successor.receipts.open(app.id)).toHaveLength(1);
    const count = { release: version, requests: 3, failed: 0, slowestMs: 9, streams: 1 };
    await store.receipts.complete(app.id, version, count);
    await store.receipts.complete(app.id, version, { ...count, requests: 99 });
    expect(await store.receipts.of(id)).toMatchObject({ drainedAt: expect.any(Date), count });
    expect(await store.receipts.open(app.id)).toEqual([]);
    expect(await successor.receipts.open(app.id)).toEqual([]);
  });

  test("of another switch of the same app is open beside it", async () => {
    const app = await newApp();
    const first = await store.releases.create(app.id, () => draft(), refuse);
    const second = await store.releases.create(app.id, () => draft(), { whenPending: "supersede" });
    for (const { id, version } of [first, second]) await store.receipts.begin(app.id, id, version);
    await store.receipts.complete(app.id, first.version, null);
    expect(await store.receipts.open(app.id)).toMatchObject([{ version: second.version }]);
  });
});

test("a schedule is that of the newest proven release, wherever that came from", async () => {
  const app = await newApp();
  const job = { command: "tick", schedule: "@daily", timezone: "UTC", overlap: "forbid" } as const;
  const first = await store.releases.create(app.id, () => draft({ cron: [job] }), refuse);
  expect(await store.schedules.proven(app.id)).toEqual([]);
  await store.releases.prove(first);
  expect(await store.schedules.proven(app.id)).toMatchObject([{ appId: app.id, version: 1, jobs: [job] }]);
  const second = await store.releases.create(app.id, () => draft({ cron: [] }), refuse);
  await store.releases.fail(second, "no");
  expect(await store.schedules.proven(app.id)).toMatchObject([{ version: 1 }]);
  const third = await store.releases.create(app.id, () => draft({ cron: [] }), refuse);
  await store.releases.prove(third);
  expect(await store.schedules.proven(app.id)).toEqual([]);
});

describe("a build", () => {
  async function build(app: App): Promise<Build> {
    const id = store.builds.newId();
    const parts = {
      appId: app.id,
      commit: "d".repeat(40),
      ref: "refs/heads/main",
      oldCommit: "0".repeat(40),
      upload: null,
    };
    return store.builds.create(id, { ...parts, actor: "tester" }, 12);
  }
  const result: BuildResult = {
    image,
    processTypes: { web: { command: null }, worker: { command: "work" } },
    quantities: { worker: 2 },
    healthChecks: {},
    cron: [],
  };

  test("ends with its release in one act, and sets the first formation", async () => {
    const app = await newApp();
    const made = await build(app);
    expect(await store.builds.start(made)).toBe(true);
    const deploy = () => draft({ reason: "deploy", buildId: made.id, processTypes: result.processTypes });
    await store.releases.create(app.id, deploy, { ...refuse, build: { build: made, result } });
    expect(await store.builds.byId(made.id)).toMatchObject({ status: "succeeded", result });
    expect((await store.apps.byId(app.id))?.formation.quantities).toEqual({ web: 1, worker: 2 });
    expect(await store.builds.open()).not.toContainEqual(expect.objectContaining({ id: made.id }));
  });

  test("that was ended meanwhile makes no release", async () => {
    const app = await newApp();
    const made = await build(app);
    await store.builds.end(made, "superseded", "superseded by a newer push");
    expect(await store.builds.start(made)).toBe(false);
    const create = store.releases.create(app.id, () => draft(), {
      ...refuse,
      build: { build: made, result },
    });
    await expect(create).rejects.toMatchObject({ code: "conflict" });
    expect(await store.releases.list(app.id, 5)).toEqual([]);
  });
});

describe("instances", () => {
  test("take the free address that rested longest, and never one in use", async () => {
    const app = await newApp();
    const release = await store.releases.create(app.id, () => draft(), refuse);
    const create = () =>
      store.instances.create(
        {
          id: newId(),
          appId: app.id,
          type: "web",
          slot: 1,
          releaseId: release.id,
          version: 1,
          specHash: "x",
        },
        ["10.0.0.2", "10.0.0.3", "10.0.0.4"],
      );
    const [first, second] = [await create(), await create()];
    expect([first?.address, second?.address]).toEqual(["10.0.0.2", "10.0.0.3"]);
    if (first) await store.instances.removed(first);
    expect([(await create())?.address, (await create())?.address]).toEqual(["10.0.0.4", "10.0.0.2"]);
    expect(await create()).toBeNull();
  });
});

describe("routes", () => {
  test("rise in version, and note who left the rotation", async () => {
    const app = await newApp();
    const release = await store.releases.create(app.id, () => draft(), refuse);
    const row = await store.instances.create(
      { id: newId(), appId: app.id, type: "web", slot: 1, releaseId: release.id, version: 1, specHash: "x" },
      ["10.0.0.2"],
    );
    if (!row) throw new Error("no address");
    const target = { instanceId: row.id, name: "web.1", node: "local", address: row.address, port: 5000 };
    const one = await store.routes.change(app.id, "serve", [target]);
    expect((await store.routes.table("test")).apps[app.id]).toEqual({
      name: app.name,
      hosts: [`${app.name}.test`],
      mode: "serve",
      targets: [target],
      drain: { streamsMs: 300_000 },
      tls: { redirect: true, hsts: null },
    });
    const two = await store.routes.change(app.id, "none", []);
    expect(two).toBeGreaterThan(one);
    expect((await store.instances.present(app.id))[0]?.leftRotationAt).toBeInstanceOf(Date);
    const whole = await store.routes.table("test");
    expect(whole).toMatchObject({ version: two, apps: { [app.id]: { mode: "none", targets: [] } } });
    expect(await store.routes.appRoute(app.id, "test")).toEqual(whole.apps[app.id]);
    expect(await store.routes.appRoute("nobody", "test")).toBeNull();
  });
});

describe("names, domains and tokens", () => {
  test("a name is taken once", async () => {
    const app = await newApp();
    await expect(store.apps.create(app.name, "tester")).rejects.toMatchObject({ code: "conflict" });
  });

  test("a hostname belongs to one app", async () => {
    const [one, two] = [await newApp(), await newApp()];
    await store.domains.add(one.id, "www.example.org", "tester", () => undefined);
    await expect(
      store.domains.add(two.id, "www.example.org", "tester", () => undefined),
    ).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await store.domains.remove(two.id, "www.example.org", "tester")).toBe(false);
    expect(await store.domains.remove(one.id, "www.example.org", "tester")).toBe(true);
  });

  test("domains of other apps that overlap are told", async () => {
    const [one, two] = [await newApp(), await newApp()];
    const overlaps = async (app: App, hostname: string) => {
      const seen: string[] = [];
      await store.domains.add(app.id, hostname, "tester", (others) => {
        seen.push(...others.map((other) => `${other.appId} ${other.hostname}`));
      });
      return seen;
    };
    expect(await overlaps(one, "*.overlap.org")).toEqual([]);
    expect(await overlaps(one, "own.overlap.org")).toEqual([]);
    expect(await overlaps(two, "overlap.org")).toEqual([]);
    expect(await overlaps(two, "a.b.overlap.org")).toEqual([]);
    expect(await overlaps(two, "www.overlap.org")).toEqual([`${one.id} *.overlap.org`]);
    expect(await overlaps(two, "*.b.overlap.org")).toEqual([]);
    await store.domains.remove(one.id, "*.overlap.org", "tester");
    expect(await overlaps(one, "*.overlap.org")).toEqual([`${two.id} www.overlap.org`]);
  });

  test("a token is stored hashed and gone when revoked or when its app is", async () => {
    const app = await newApp();
    const { token, record } = await store.tokens.create("ci", { appId: app.id, role: "deployer" });
    expect((await store.tokens.byToken(token))?.appName).toBe(app.name);
    const [row] = await database.query<{ row: string }>(
      "select tokens::text as row from tokens where id = $1",
      [record.id],
    );
    expect(row?.row).not.toContain(token.slice(5));
    await store.apps.delete(app, "tester");
    expect(await store.tokens.byToken(token)).toBeNull();
    await store.tokens.ensureAdmin("paas_fixed");
    await store.tokens.ensureAdmin("paas_fixed");
    expect((await store.tokens.list()).filter(({ name }) => name === "local admin")).toHaveLength(1);
  });

  test("an app being destroyed is nobody's any more", async () => {
    const app = await newApp();
    await store.apps.markDestroying(app.id);
    expect(await store.apps.byName(app.name)).toBeNull();
    expect(await store.apps.byId(app.id)).toBeNull();
    expect((await store.apps.destroying()).map(({ id }) => id)).toContain(app.id);
    await expect(store.releases.create(app.id, () => draft(), refuse)).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("the lock of the acting server", () => {
  test("is one server's at a time, and passes on when he is gone", async () => {
    const first = await database.holdLock(4711, () => {});
    let second = false;
    const waiting = server
      .open()
      .holdLock(4711, () => {})
      .then((lock) => {
        second = true;
        return lock;
      });
    await database.query("select 1");
    expect(second).toBe(false);
    await first.release();
    await (await waiting).release();
  });
});
