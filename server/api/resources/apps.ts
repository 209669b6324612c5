import { invalid } from "../../../core/error";
import { may } from "../../../core/policy";
import { createAppSchema } from "../../../core/wire";
import type { Addresses } from "../platform/addresses";
import type { Apps } from "../platform/apps";
import type { Releases } from "../platform/releases";
import { routesFor } from "../request/route";
import { appView, appViews } from "./views";

const { appRoute, platformRoute } = routesFor<Apps & Addresses & Releases>();

export const appsRoutes = [
  platformRoute({
    method: "get",
    path: "/apps",
    verb: null,
    async answer({ platform, actor }) {
      const seen = (await platform.listApps()).filter((app) => may(actor, "app:read", app.id) === "yes");
      return appViews(platform, seen);
    },
  }),
  platformRoute({
    method: "post",
    path: "/apps",
    verb: "app:create",
    body: createAppSchema,
    status: 201,
    answer: async ({ platform, actor, body }) =>
      appView(platform, await platform.createApp(actor, body.name)),
  }),
  appRoute({
    method: "get",
    path: "",
    verb: "app:read",
    answer: ({ platform, app }) => appView(platform, app),
  }),
  appRoute({
    method: "delete",
    path: "",
    verb: "app:destroy",
    async answer({ platform, actor, app, query }) {
      if (query("confirm") !== app.name)
        throw invalid(
          `To destroy ${app.name} with all it has, confirm with its name: paas destroy --confirm ${app.name}`,
        );
      await platform.destroyApp(actor, app);
    },
  }),
];
