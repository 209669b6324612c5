import type { App } from "../../../core/app";
import type { Release } from "../../../core/release";
import { draft, image, refuse, StoreStage } from "./stage";

const stage = StoreStage.use();
let app: App;
beforeEach(async () => {
  app = await stage.newApp();
  await stage.store.bakes.changeWindow(app, "tester", 60_000);
});

/** A pending release of an image of its own. */
function deploy(): Promise<Release> {
  return stage.store.releases.create(
    app.id,
    (current) => {
      const next = String((current?.version ?? 0) + 1);
      return draft({
        image: { ...image, ref: `paas/x:${next}` },
        commit: next.repeat(40),
        ref: "refs/heads/main",
        processTypes: { web: { command: "serve" } },
        reason: "deploy",
        description: "Deploy",
      });
    },
    refuse,
  );
}

async function proven(): Promise<Release> {
  const release = await deploy();
  await stage.store.releases.prove(release);
  return release;
}

const failed = { outcome: "failed", words: "went back to v1: bad", count: null } as const;
const outcomes = async () =>
  (await stage.store.bakes.list(app.id, 9)).map(({ version, outcome }) => [version, outcome]);

test("the proof of a release begins its bake over the one before, for the app's window; the first has none", async () => {
  await proven();
  await proven();
  const [bake, ...others] = await stage.store.bakes.openOf([app.id]);
  expect(others).toEqual([]);
  expect(bake).toMatchObject({ version: 2, oldVersion: 1, outcome: null, before: null });
  expect((bake?.endsAt.getTime() ?? 0) - (bake?.startedAt.getTime() ?? 0)).toBe(60_000);
});

test("a bake that failed fails its release, and the one before it is what the branch follows", async () => {
  await proven();
  const second = await proven();
  expect(await stage.store.bakes.end(second, failed)).toBe(true);
  expect(await stage.store.bakes.end(second, failed)).toBe(false);
  expect(await stage.store.releases.byId(second.id)).toMatchObject({
    state: "failed",
    failure: failed.words,
  });
  expect((await stage.store.releases.current(app.id))?.version).toBe(1);
  const tips = await stage.store.releases.deployTips();
  expect(tips.find(({ appId }) => appId === app.id)?.commit).toBe("1".repeat(40));
  expect((await stage.store.bakes.tell(app.id, "ann"))?.version).toBe(2);
  expect(await stage.store.bakes.tell(app.id, "ann")).toBeNull();
  expect((await stage.store.bakes.tell(app.id, "bob"))?.version).toBe(2);
  await proven();
  expect(await stage.store.bakes.tell(app.id, "cid")).toBeNull();
});

test("nobody takes back what a pending release builds on; what takes over supersedes", async () => {
  await proven();
  const second = await proven();
  const third = await deploy();
  expect(await stage.store.bakes.end(second, failed)).toBe(false);
  await stage.store.releases.fail(third, "no");
  expect(await outcomes()).toEqual([[2, null]]);
  await proven();
  expect(await outcomes()).toEqual([
    [4, null],
    [2, "superseded"],
  ]);
  expect((await stage.store.bakes.of(second.id))?.words).toBe("v4 took over");
});

test("the image that a bake may go back to is kept, however few are", async () => {
  const kept: string[] = [];
  const keep = () =>
    stage.store.releases.keepImages(
      app.id,
      1,
      async (images) => void kept.push(...images.map(({ ref }) => ref)),
    );
  await proven();
  const second = await proven();
  await keep();
  expect(kept.splice(0).sort()).toEqual(["paas/x:1", "paas/x:2"]);
  await stage.store.bakes.end(second, { ...failed, outcome: "passed" });
  await keep();
  expect(kept).toEqual(["paas/x:2"]);
});

test("without a window what bakes is left, and nothing bakes any more; the first word on the old release counts", async () => {
  await proven();
  const second = await proven();
  const figures = { requests: 1, errors: 0, latency: [1] };
  await stage.store.bakes.keepBefore(second.id, figures);
  await stage.store.bakes.keepBefore(second.id, { ...figures, requests: 2 });
  expect((await stage.store.bakes.of(second.id))?.before).toEqual(figures);
  expect(await stage.store.bakes.changeWindow(app, "tester", null)).toEqual({ previous: 60_000 });
  await proven();
  expect(await outcomes()).toEqual([[2, "stopped"]]);
});
