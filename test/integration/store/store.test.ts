import type { App } from "../../../core/app";
import { newId } from "../../../core/id";
import { migrate } from "../../../server/store/migrate";
import { draft, refuse, StoreStage } from "./stage";

const stage = StoreStage.use();

describe("migrations", () => {
  test("run once, also when several servers start at once", async () => {
    await Promise.all([migrate(stage.server.open()), migrate(stage.server.open()), migrate(stage.database)]);
    const rows = await stage.database.query("select number from migrations order by number");
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length);
  });

  test("refuse a database of a newer paas", async () => {
    await stage.database.query("insert into migrations (number) values (9999)");
    await expect(migrate(stage.database)).rejects.toMatchObject({ code: "conflict" });
    await stage.database.query("delete from migrations where number = 9999");
  });
});

describe("instances", () => {
  test("take the free address that rested longest, and never one in use", async () => {
    const app = await stage.newApp();
    const release = await stage.store.releases.create(app.id, () => draft(), refuse);
    const create = () =>
      stage.store.instances.create(
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
    if (first) await stage.store.instances.removed(first);
    expect([(await create())?.address, (await create())?.address]).toEqual(["10.0.0.4", "10.0.0.2"]);
    expect(await create()).toBeNull();
  });
});

describe("routes", () => {
  test("rise in version, and note who left the rotation", async () => {
    const app = await stage.newApp();
    const release = await stage.store.releases.create(app.id, () => draft(), refuse);
    const row = await stage.store.instances.create(
      { id: newId(), appId: app.id, type: "web", slot: 1, releaseId: release.id, version: 1, specHash: "x" },
      ["10.0.0.2"],
    );
    if (!row) throw new Error("no address");
    const target = { instanceId: row.id, name: "web.1", node: "local", address: row.address, port: 5000 };
    const one = await stage.store.routes.change(app.id, "serve", [target]);
    expect((await stage.store.routes.table("test")).apps[app.id]).toEqual({
      name: app.name,
      hosts: [`${app.name}.test`],
      mode: "serve",
      targets: [target],
      drain: { streamsMs: 300_000 },
      tls: { redirect: true, hsts: null },
    });
    const two = await stage.store.routes.change(app.id, "none", []);
    expect(two).toBeGreaterThan(one);
    expect((await stage.store.instances.present(app.id))[0]?.leftRotationAt).toBeInstanceOf(Date);
    const whole = await stage.store.routes.table("test");
    expect(whole).toMatchObject({ version: two, apps: { [app.id]: { mode: "none", targets: [] } } });
    expect(await stage.store.routes.appRoute(app.id, "test")).toEqual(whole.apps[app.id]);
    expect(await stage.store.routes.appRoute("nobody", "test")).toBeNull();
  });
});

describe("names, domains and tokens", () => {
  test("a name is taken once", async () => {
    const app = await stage.newApp();
    await expect(stage.store.apps.create(app.name, "tester")).rejects.toMatchObject({ code: "conflict" });
  });

  test("a hostname belongs to one app", async () => {
    const [one, two] = [await stage.newApp(), await stage.newApp()];
    await stage.store.domains.add(one.id, "www.example.org", "tester", () => undefined);
    await expect(
      stage.store.domains.add(two.id, "www.example.org", "tester", () => undefined),
    ).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await stage.store.domains.remove(two.id, "www.example.org", "tester")).toBe(false);
    expect(await stage.store.domains.remove(one.id, "www.example.org", "tester")).toBe(true);
  });

  test("domains of other apps that overlap are told", async () => {
    const [one, two] = [await stage.newApp(), await stage.newApp()];
    const overlaps = async (app: App, hostname: string) => {
      const seen: string[] = [];
      await stage.store.domains.add(app.id, hostname, "tester", (others) => {
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
    await stage.store.domains.remove(one.id, "*.overlap.org", "tester");
    expect(await overlaps(one, "*.overlap.org")).toEqual([`${two.id} www.overlap.org`]);
  });

  test("a token is stored hashed and gone when revoked or when its app is", async () => {
    const app = await stage.newApp();
    const { token, record } = await stage.store.tokens.create("ci", { appId: app.id, role: "deployer" });
    expect((await stage.store.tokens.byToken(token))?.appName).toBe(app.name);
    const [row] = await stage.database.query<{ row: string }>(
      "select tokens::text as row from tokens where id = $1",
      [record.id],
    );
    expect(row?.row).not.toContain(token.slice(5));
    await stage.store.apps.delete(app, "tester");
    expect(await stage.store.tokens.byToken(token)).toBeNull();
    await stage.store.tokens.ensureAdmin("paas_fixed");
    await stage.store.tokens.ensureAdmin("paas_fixed");
    expect((await stage.store.tokens.list()).filter(({ name }) => name === "local admin")).toHaveLength(1);
  });

  test("an app being destroyed is nobody's any more", async () => {
    const app = await stage.newApp();
    await stage.store.apps.markDestroying(app.id);
    expect(await stage.store.apps.byName(app.name)).toBeNull();
    expect(await stage.store.apps.byId(app.id)).toBeNull();
    expect((await stage.store.apps.destroying()).map(({ id }) => id)).toContain(app.id);
    await expect(stage.store.releases.create(app.id, () => draft(), refuse)).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("the lock of the acting server", () => {
  test("is one server's at a time, and passes on when he is gone", async () => {
    const first = await stage.database.holdLock(4711, () => {});
    let second = false;
    const waiting = stage.server
      .open()
      .holdLock(4711, () => {})
      .then((lock) => {
        second = true;
        return lock;
      });
    await stage.database.query("select 1");
    expect(second).toBe(false);
    await first.release();
    await (await waiting).release();
  });
});
