import { type BuildpacksView, changeBuildpacksSchema } from "../../../core/wire";
import type { BuildSettingsOfApps } from "../platform/build-settings";
import { routesFor } from "../request/route";

const { appRoute } = routesFor<BuildSettingsOfApps>();

export const buildpackRoutes = [
  appRoute({
    method: "get",
    path: "/buildpacks",
    verb: "builds:read",
    async answer({ platform, app }): Promise<BuildpacksView> {
      const { buildpacks = [] } = await platform.readBuildSettings(app);
      return { buildpacks, previous: buildpacks };
    },
  }),
  appRoute({
    method: "patch",
    path: "/buildpacks",
    verb: "config:write",
    body: changeBuildpacksSchema,
    answer: ({ platform, actor, app, body }): Promise<BuildpacksView> =>
      platform.setBuildpacks(actor, app, body),
  }),
];
