import { changeBuildSettings } from "../../../core/build-settings";
import { changeBuildpacks } from "../../../core/buildpack-list";
import type { BuildSettingsOfApps } from "../../../server/api/platform/build-settings";
import type { World } from "./world";

export const fakeBuildSettings = (world: World): BuildSettingsOfApps => ({
  readBuildSettings: async () => world.buildSettings,
  async setBuildSettings(_actor, _app, wishes) {
    const previous = world.buildSettings;
    world.buildSettings = changeBuildSettings(previous, wishes);
    return { settings: world.buildSettings, previous };
  },
  async setBuildpacks(_actor, _app, wish) {
    const { buildpacks: previous = [] } = world.buildSettings;
    const buildpacks = changeBuildpacks(previous, wish);
    world.buildSettings = { ...world.buildSettings, buildpacks };
    return { buildpacks, previous };
  },
});
