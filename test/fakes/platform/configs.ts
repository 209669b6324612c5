import type { App } from "../../../core/app";
import { changeConfig, Sensitive } from "../../../core/env";
import type { Configs } from "../../../server/api/platform/configs";
import type { World } from "./world";

export function fakeConfigs(world: World): Configs {
  const buildConfigOf = (app: App) => new Sensitive(world.buildConfigs.get(app.id) ?? {});
  return {
    readConfig: async (app) => new Sensitive({ ...world.of(app).config }),
    async setConfig(actor, app, changes, { noReleasePhase }) {
      const kept = world.of(app);
      const next = changeConfig(new Sensitive(kept.config), changes).reveal();
      const newest = kept.releases.find(({ state }) => state !== "failed");
      if (newest && Object.entries(changes).every(([name, value]) => kept.config[name] === value))
        return { release: newest, unchanged: true };
      if (world.nextFailure === null) kept.config = next;
      const release = world.release(kept, actor, {
        reason: "config",
        description: `Set ${Object.keys(changes).join(", ")} config vars`,
        command: noReleasePhase ? "skipped" : null,
      });
      return { release, unchanged: false };
    },
    readBuildConfig: async (app) => buildConfigOf(app),
    async setBuildConfig(_actor, app, changes) {
      const next = changeConfig(buildConfigOf(app), changes);
      world.buildConfigs.set(app.id, next.reveal());
      return next;
    },
  };
}
