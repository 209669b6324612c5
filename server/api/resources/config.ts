import {
  type ConfigChangeView,
  type ConfigView,
  changeBuildConfigSchema,
  changeConfigSchema,
} from "../../../core/wire";
import type { Configs } from "../platform/configs";
import { routesFor } from "../request/route";
import { releaseView } from "./views";

const { appRoute } = routesFor<Configs>();

export const configRoutes = [
  appRoute({
    method: "get",
    path: "/config",
    verb: "config:read",
    answer: async ({ platform, app }): Promise<ConfigView> => (await platform.readConfig(app)).reveal(),
  }),
  appRoute({
    method: "patch",
    path: "/config",
    verb: "config:write",
    body: changeConfigSchema,
    status: 202,
    async answer({ platform, actor, app, body }) {
      const { release, unchanged } = await platform.setConfig(actor, app, body.changes, body);
      const view: ConfigChangeView = releaseView(release, release.version);
      return unchanged ? { ...view, unchanged } : view;
    },
  }),
  appRoute({
    method: "get",
    path: "/build-config",
    verb: "config:read",
    answer: async ({ platform, app }): Promise<ConfigView> => (await platform.readBuildConfig(app)).reveal(),
  }),
  appRoute({
    method: "patch",
    path: "/build-config",
    verb: "config:write",
    body: changeBuildConfigSchema,
    answer: async ({ platform, actor, app, body }): Promise<ConfigView> =>
      (await platform.setBuildConfig(actor, app, body.changes)).reveal(),
  }),
];
