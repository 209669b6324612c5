import { Sensitive } from "../../core/env";
import { newId } from "../../core/id";
import { imageRef } from "../../core/image";
import { collectGarbage } from "../../server/actions/garbage/collect-garbage";
import type { GarbageRoom } from "../../server/actions/garbage/garbage-room";
import type { Store } from "../../server/store/store";
import { FakeBuildCache } from "../fakes/build-cache";
import { FakeImages } from "../fakes/engine-networks";
import { FakeWorld } from "../fakes/engine-world";
import { TestDatabase } from "../support/database";

let server: TestDatabase;
let store: Store;
beforeAll(async () => {
  server = await TestDatabase.start();
  ({ store } = await server.openStore());
}, 60_000);
afterAll(() => server?.close());

const platformId = "p";
const kept = "sha256:kept";
const pulled = { imageId: "sha256:pulled", usedAt: "2026-01-01T00:00:00.000Z" };

/** An engine with garbage of each kind beside an image that a release needs, whose changes break off at one of them, before or after it. */
async function stage(dies: { at: number; after: boolean }) {
  const world = new FakeWorld();
  const app = await store.apps.create(`app-${newId(8)}`, "tester");
  const nameOf = (name: string): string => imageRef(platformId, app.id, name, "seal");
  const image = { id: kept, ref: nameOf("kept"), madeBy: "dockerfile", port: 5000 } as const;
  const release = await store.releases.create(
    app.id,
    () => ({
      buildId: null,
      image,
      commit: null,
      ref: null,
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
  await store.releases.prove(release);
  world.images.set(kept, { platformId, appId: app.id, ref: image.ref });
  for (const old of ["one", "two"])
    world.images.set(`sha256:${old}`, { platformId, appId: app.id, ref: nameOf(old) });
  world.images.set(pulled.imageId, { platformId: "nobody's", appId: "", ref: "python:3.12" });
  const images = new FakeImages(platformId, world);
  const cache = new FakeBuildCache(3 * 2 ** 20);
  const record = new Map([["python:3.12", pulled]]);
  let changes = 0;
  const change = async <T>(act: () => Promise<T>): Promise<T> => {
    changes += 1;
    if (changes === dies.at && !dies.after) throw new Error("died");
    const answer = await act();
    if (changes === dies.at) throw new Error("died");
    return answer;
  };
  const room: GarbageRoom = {
    store,
    images: {
      inventory: () => images.inventory(),
      describe: (ref) => images.describe(ref),
      remove: (ref) => change(() => images.remove(ref)),
    },
    buildCache: { bytes: cache.bytes, prune: (keep) => change(() => cache.prune(keep)) },
    engine: {
      info: async () => ({
        dataDir: "/nowhere",
        name: "engine",
        version: "1",
        apiVersion: "1",
        liveRestore: true,
      }),
    },
    deploys: { outputFile: () => "/nowhere" },
    settings: { keptReleases: 1, buildCacheMb: 1, diskFloorMb: 0 },
    queue: {
      pulledImages: async () => new Map(record),
      forgetPulledImage: (ref) => change(async () => void record.delete(ref)),
    },
  };
  const left = () => ({ images: [...world.images.keys()], cacheMb: cache.size / 2 ** 20 });
  return { room, left, changes: () => changes };
}

const undisturbed = { images: [kept], cacheMb: 1 };

test("a collection that breaks off anywhere takes nothing that a release needs, and the next one ends where it would have", async () => {
  const whole = await stage({ at: 0, after: false });
  await collectGarbage(whole.room, false);
  expect(whole.left()).toEqual(undisturbed);
  expect(whole.changes()).toBe(4);
  for (let at = 1; at <= 4; at++)
    for (const after of [false, true]) {
      const { room, left } = await stage({ at, after });
      await expect(collectGarbage(room, false)).rejects.toThrow("died");
      expect(left().images).toContain(kept);
      await collectGarbage(room, false);
      expect(left()).toEqual(undisturbed);
    }
});
