import type { App } from "../../core/app";
import { Sensitive } from "../../core/env";
import { newId } from "../../core/id";
import type { Release } from "../../core/release";
import type { Store } from "../../server/store/store";
import { TestDatabase } from "../support/database";

const image = { id: "sha256:1", madeBy: "dockerfile", port: 5000 } as const;
let server: TestDatabase;
let store: Store;
let app: App;
beforeAll(async () => {
  server = await TestDatabase.start();
  ({ store } = await server.openStore());
}, 60_000);
afterAll(() => server?.close());
beforeEach(async () => {
  app = await store.apps.create(`app-${newId(8)}`, "tester");
  await store.bakes.changeWindow(app, "tester", 60_000);
});

function draft(): Promise<Release> {
  return store.releases.create(
    app.id,
    (current) => ({
      buildId: null,
      image: { ...image, ref: `paas/x:${(current?.version ?? 0) + 1}` },
      commit: `${(current?.version ?? 0) + 1}`.repeat(40),
      ref: "refs/heads/main",
      processTypes: { web: { command: "serve" } },
      healthChecks: {},
      cron: [],
      config: new Sensitive({}),
      reason: "deploy",
      description: "Deploy",
      actor: "tester",
    }),
    { whenPending: "refuse" },
  );
}

async function proven(): Promise<Release> {
  const release = await draft();
  await store.releases.prove(release);
  return release;
}

const failed = { outcome: "failed", words: "went back to v1: bad", count: null } as const;
const outcomes = async () =>
  (await store.bakes.list(app.id, 9)).map(({ version, outcome }) => [version, outcome]);

test("the proof of a release begins its bake over the one before, for the app's window; the first has none", async () => {
  await proven();
  await proven();
  const [bake, ...others] = await store.bakes.openOf([app.id]);
  expect(others).toEqual([]);
  expect(bake).toMatchObject({ version: 2, oldVersion: 1, outcome: null, before: null });
  expect((bake?.endsAt.getTime() ?? 0) - (bake?.startedAt.getTime() ?? 0)).toBe(60_000);
});

test("a bake that failed fails its release, and the one before it is what the branch follows", async () => {
  await proven();
  const second = await proven();
  expect(await store.bakes.end(second, failed)).toBe(true);
  expect(await store.bakes.end(second, failed)).toBe(false);
  expect(await store.releases.byId(second.id)).toMatchObject({ state: "failed", failure: failed.words });
  expect((await store.releases.current(app.id))?.version).toBe(1);
  const tips = await store.releases.deployTips();
  expect(tips.find(({ appId }) => appId === app.id)?.commit).toBe("1".repeat(40));
  expect((await store.bakes.tell(app.id, "ann"))?.version).toBe(2);
  expect(await store.bakes.tell(app.id, "ann")).toBeNull();
  expect((await store.bakes.tell(app.id, "bob"))?.version).toBe(2);
  await proven();
  expect(await store.bakes.tell(app.id, "cid")).toBeNull();
});

test("nobody takes back what a pending release builds on; what takes over supersedes", async () => {
  await proven();
  const second = await proven();
  const third = await draft();
  expect(await store.bakes.end(second, failed)).toBe(false);
  await store.releases.fail(third, "no");
  expect(await outcomes()).toEqual([[2, null]]);
  await proven();
  expect(await outcomes()).toEqual([
    [4, null],
    [2, "superseded"],
  ]);
  expect((await store.bakes.of(second.id))?.words).toBe("v4 took over");
});

test("the image that a bake may go back to is kept, however few are", async () => {
  const kept: string[] = [];
  const keep = () =>
    store.releases.keepImages(app.id, 1, async (images) => void kept.push(...images.map(({ ref }) => ref)));
  await proven();
  const second = await proven();
  await keep();
  expect(kept.splice(0).sort()).toEqual(["paas/x:1", "paas/x:2"]);
  await store.bakes.end(second, { ...failed, outcome: "passed" });
  await keep();
  expect(kept).toEqual(["paas/x:2"]);
});

test("without a window what bakes is left, and nothing bakes any more; the first word on the old release counts", async () => {
  await proven();
  const second = await proven();
  const figures = { requests: 1, errors: 0, latency: [1] };
  await store.bakes.keepBefore(second.id, figures);
  await store.bakes.keepBefore(second.id, { ...figures, requests: 2 });
  expect((await store.bakes.of(second.id))?.before).toEqual(figures);
  expect(await store.bakes.changeWindow(app, "tester", null)).toEqual({ previous: 60_000 });
  await proven();
  expect(await outcomes()).toEqual([[2, "stopped"]]);
});
