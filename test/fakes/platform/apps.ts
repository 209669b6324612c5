import { type App, checkAppName } from "../../../core/app";
import { conflict } from "../../../core/error";
import type { Apps } from "../../../server/api/platform/apps";
import type { World } from "./world";

export function fakeApps(world: World): Apps {
  const appNamed = (name: string): App | undefined =>
    [...world.kept.values()].find(({ app }) => app.name === name)?.app;
  return {
    listApps: async () => [...world.kept.values()].map(({ app }) => app),
    findApp: async (name) => appNamed(name) ?? null,
    async createApp(_actor, name) {
      checkAppName(name);
      if (appNamed(name)) throw conflict(`There is an app ${name} already.`);
      return world.add(name).app;
    },
    async destroyApp(_actor, app) {
      world.kept.delete(app.id);
    },
  };
}
