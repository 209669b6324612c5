import { setImmediate as turn } from "node:timers/promises";
import type { App } from "../../../core/app";
import { conflict, notFound } from "../../../core/error";
import type { Release } from "../../../core/release";
import { diffReleases } from "../../../core/release-diff";
import type { Releases } from "../../../server/api/platform/releases";
import type { World } from "./world";

export function fakeReleases(world: World): Releases {
  const versionOf = (app: App, version: number): Release | null =>
    world.of(app).releases.find((release) => release.version === version) ?? null;
  return {
    listReleases: async (app, limit) => world.of(app).releases.slice(0, limit),
    findRelease: async (app, version) => versionOf(app, version),
    currentRelease: async (app) => currentOf(world, app),
    currentReleases: async (apps) =>
      apps.map((app) => currentOf(world, app)).filter((release) => release !== null),
    receiptOf: async (release) => world.receipts.get(release.version) ?? null,
    async rollback(actor, app, version) {
      const kept = world.of(app);
      const to = version ?? kept.releases.filter(({ state }) => state === "proven")[1]?.version;
      if (to === undefined || !versionOf(app, to))
        throw notFound(`${app.name} has no release to roll back to.`);
      return world.release(kept, actor, { reason: "rollback", description: `Rollback to v${to}` });
    },
    async retry(actor, app, version) {
      const kept = world.of(app);
      const failed = version === undefined ? kept.releases[0] : versionOf(app, version);
      if (failed?.state !== "failed") throw conflict(`v${failed?.version} did not fail.`);
      const description = `Retry of v${failed.version}: ${failed.description}`;
      return world.release(kept, actor, { description });
    },
    diffReleases: async (from, to) =>
      diffReleases(
        { ...from, config: { OLD: "before", SAME: "1", A: "secret" } },
        { ...to, config: { A: "changed", NEW: "after", SAME: "1" } },
      ),
    async *followRelease(app, version) {
      const release = versionOf(app, version);
      yield "-----> Starting web.1";
      await turn();
      const failure = world.nextFailure;
      if (release) Object.assign(release, { state: failure === null ? "proven" : "failed", failure });
    },
    async *followCommand(_app, release) {
      if (release.command === "succeeded" || release.command === "failed") yield "migrating\ndone\n";
    },
  };
}

/** The newest that did not fail. */
export const currentOf = (world: World, app: App): Release | null =>
  world.of(app).releases.find(({ state }) => state !== "failed") ?? null;
