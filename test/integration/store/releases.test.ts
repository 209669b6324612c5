import type { App } from "../../../core/app";
import type { Build, BuildResult } from "../../../core/build";
import { Sensitive } from "../../../core/env";
import { Cipher } from "../../../server/store/cipher";
import { draft, image, refuse, StoreStage } from "./stage";

const stage = StoreStage.use();

describe("the ledger", () => {
  test("numbers releases per app and knows their state", async () => {
    const app = await stage.newApp();
    const first = await stage.store.releases.create(app.id, () => draft({ image: null }), refuse);
    expect(first).toMatchObject({
      version: 1,
      state: "proven",
      configNames: ["SECRET"],
      parentVersion: null,
    });
    const second = await stage.store.releases.create(app.id, () => draft(), refuse);
    expect(second).toMatchObject({ version: 2, state: "pending", parentVersion: 1 });
    expect(await stage.store.releases.prove(second)).toBe(true);
    expect(await stage.store.releases.fail(second, "too late")).toBe(false);
    expect(
      (await stage.store.releases.list(app.id, 10)).map(({ version, state }) => `v${version} ${state}`),
    ).toEqual(["v2 proven", "v1 proven"]);
  });

  test("never changes a release", async () => {
    const app = await stage.newApp();
    const release = await stage.store.releases.create(app.id, () => draft(), refuse);
    const change = stage.database.query("update releases set actor = 'someone' where id = $1", [release.id]);
    await expect(change).rejects.toThrow("immutable");
    const restate = stage.database.query("update release_states set state = 'proven' where release_id = $1", [
      release.id,
    ]);
    await expect(restate).rejects.toThrow("immutable");
  });

  test("has one pending release an app: the next waits or supersedes", async () => {
    const app = await stage.newApp();
    const pending = await stage.store.releases.create(app.id, () => draft(), refuse);
    const second = stage.store.releases.create(app.id, () => draft(), refuse);
    await expect(second).rejects.toMatchObject({ code: "busy", detail: { version: 1 } });
    await stage.store.releases.create(app.id, () => draft(), { whenPending: "supersede" });
    expect(await stage.store.releases.byId(pending.id)).toMatchObject({
      state: "failed",
      failure: "superseded by v2",
    });
  });

  test("stands many writers at once: versions have no gap and one is pending", async () => {
    const app = await stage.newApp();
    const tries = Array.from({ length: 12 }, () =>
      stage.store.releases
        .create(app.id, () => draft(), refuse)
        .catch((error: { code: string }) => error.code),
    );
    const ended = await Promise.all(tries);
    expect(ended.filter((one) => one === "busy")).toHaveLength(11);
    expect((await stage.store.releases.list(app.id, 20)).map(({ version }) => version)).toEqual([1]);
  });

  test("gives a failed release's config no effect, and a rollback's all of it", async () => {
    const app = await stage.newApp();
    const release = await stage.store.releases.create(
      app.id,
      () => draft({ config: new Sensitive({ A: "1" }) }),
      refuse,
    );
    await stage.store.releases.prove(release);
    const failed = await stage.store.releases.create(
      app.id,
      () => draft({ config: new Sensitive({ A: "2" }) }),
      refuse,
    );
    await stage.store.releases.fail(failed, "crashed");
    const current = await stage.store.releases.current(app.id);
    expect(current?.version).toBe(1);
    expect((await stage.store.releases.readConfig(current?.id ?? "")).reveal()).toEqual({ A: "1" });
  });

  test("writes config encrypted, bound to its release", async () => {
    const app = await stage.newApp();
    const one = await stage.store.releases.create(app.id, () => draft(), refuse);
    const rows = await stage.database.query<{ config: Buffer; row: string }>(
      "select config, releases::text as row from releases where id = $1",
      [one.id],
    );
    expect(rows[0]?.row).not.toContain("s3cret");
    expect(rows[0]?.config.toString("latin1")).not.toContain("s3cret");
    expect(() => stage.store.cipher.open(rows[0]?.config ?? Buffer.alloc(0), "another")).toThrow(
      "cannot be decrypted",
    );
    expect(() =>
      new Cipher(new Sensitive("cd".repeat(32))).open(rows[0]?.config ?? Buffer.alloc(0), one.id),
    ).toThrow("secret key");
  });
});

describe("a receipt", () => {
  test("is open from the switch to the drain's end, also for the next server, and then never changed", async () => {
    const app = await stage.newApp();
    const release = await stage.store.releases.create(app.id, () => draft(), refuse);
    const { id, version } = release;
    expect(await stage.store.receipts.of(id)).toBeNull();
    expect(await stage.store.receipts.open(app.id)).toEqual([]);
    await stage.store.receipts.begin(app.id, id, version);
    await stage.store.receipts.begin(app.id, id, version);
    expect(await stage.store.receipts.open(app.id)).toMatchObject([
      { version, switchMs: null, drainedAt: null },
    ]);
    await stage.store.receipts.switched(id);
    expect(await stage.store.receipts.of(id)).toMatchObject({
      switchMs: expect.any(Number),
      drainedAt: null,
    });
    const { store: successor } = await stage.server.openStore();
    expect(await successor.receipts.open(app.id)).toHaveLength(1);
    const count = { release: version, requests: 3, failed: 0, slowestMs: 9, streams: 1 };
    await stage.store.receipts.complete(app.id, version, count);
    await stage.store.receipts.complete(app.id, version, { ...count, requests: 99 });
    expect(await stage.store.receipts.of(id)).toMatchObject({ drainedAt: expect.any(Date), count });
    expect(await stage.store.receipts.open(app.id)).toEqual([]);
    expect(await successor.receipts.open(app.id)).toEqual([]);
  });

  test("of another switch of the same app is open beside it", async () => {
    const app = await stage.newApp();
    const first = await stage.store.releases.create(app.id, () => draft(), refuse);
    const second = await stage.store.releases.create(app.id, () => draft(), { whenPending: "supersede" });
    for (const { id, version } of [first, second]) await stage.store.receipts.begin(app.id, id, version);
    await stage.store.receipts.complete(app.id, first.version, null);
    expect(await stage.store.receipts.open(app.id)).toMatchObject([{ version: second.version }]);
  });
});

test("a schedule is that of the newest proven release, wherever that came from", async () => {
  const app = await stage.newApp();
  const job = { command: "tick", schedule: "@daily", timezone: "UTC", overlap: "forbid" } as const;
  const first = await stage.store.releases.create(app.id, () => draft({ cron: [job] }), refuse);
  expect(await stage.store.schedules.proven(app.id)).toEqual([]);
  await stage.store.releases.prove(first);
  expect(await stage.store.schedules.proven(app.id)).toMatchObject([
    { appId: app.id, version: 1, jobs: [job] },
  ]);
  const second = await stage.store.releases.create(app.id, () => draft({ cron: [] }), refuse);
  await stage.store.releases.fail(second, "no");
  expect(await stage.store.schedules.proven(app.id)).toMatchObject([{ version: 1 }]);
  const third = await stage.store.releases.create(app.id, () => draft({ cron: [] }), refuse);
  await stage.store.releases.prove(third);
  expect(await stage.store.schedules.proven(app.id)).toEqual([]);
});

describe("a build", () => {
  async function build(app: App): Promise<Build> {
    const id = stage.store.builds.newId();
    const parts = {
      appId: app.id,
      commit: "d".repeat(40),
      ref: "refs/heads/main",
      oldCommit: "0".repeat(40),
      upload: null,
    };
    return stage.store.builds.create(id, { ...parts, actor: "tester" }, 12);
  }
  const result: BuildResult = {
    image,
    processTypes: { web: { command: null }, worker: { command: "work" } },
    quantities: { worker: 2 },
    healthChecks: {},
    cron: [],
  };

  test("ends with its release in one act, and sets the first formation", async () => {
    const app = await stage.newApp();
    const made = await build(app);
    expect(await stage.store.builds.start(made)).toBe(true);
    const deploy = () => draft({ reason: "deploy", buildId: made.id, processTypes: result.processTypes });
    await stage.store.releases.create(app.id, deploy, { ...refuse, build: { build: made, result } });
    expect(await stage.store.builds.byId(made.id)).toMatchObject({ status: "succeeded", result });
    expect((await stage.store.apps.byId(app.id))?.formation.quantities).toEqual({ web: 1, worker: 2 });
    expect(await stage.store.builds.open()).not.toContainEqual(expect.objectContaining({ id: made.id }));
  });

  test("that was ended meanwhile makes no release", async () => {
    const app = await stage.newApp();
    const made = await build(app);
    await stage.store.builds.end(made, "superseded", "superseded by a newer push");
    expect(await stage.store.builds.start(made)).toBe(false);
    const create = stage.store.releases.create(app.id, () => draft(), {
      ...refuse,
      build: { build: made, result },
    });
    await expect(create).rejects.toMatchObject({ code: "conflict" });
    expect(await stage.store.releases.list(app.id, 5)).toEqual([]);
  });
});
