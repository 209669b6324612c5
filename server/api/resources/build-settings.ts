import { type BuildSettingsView, changeBuildSettingsSchema } from "../../../core/wire";
import type { BuildSettingsOfApps } from "../platform/build-settings";
import { routesFor } from "../request/route";

const { appRoute } = routesFor<BuildSettingsOfApps>();

export const buildSettingsRoutes = [
  appRoute({
    method: "get",
    path: "/build-settings",
    verb: "builds:read",
    async answer({ platform, app }): Promise<BuildSettingsView> {
      const settings = await platform.readBuildSettings(app);
      return { settings, previous: settings };
    },
  }),
  appRoute({
    method: "patch",
    path: "/build-settings",
    verb: "config:write",
    body: changeBuildSettingsSchema,
    answer: ({ platform, actor, app, body }): Promise<BuildSettingsView> =>
      platform.setBuildSettings(actor, app, body),
  }),
];
