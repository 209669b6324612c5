import { changeDrainSchema, type DrainView } from "../../../core/wire";
import type { Processes } from "../platform/processes";
import { routesFor } from "../request/route";

const { appRoute } = routesFor<Processes>();

export const drainRoutes = [
  appRoute({
    method: "get",
    path: "/drain",
    verb: "app:read",
    async answer({ app }): Promise<DrainView> {
      return { ...app.drain, previous: app.drain };
    },
  }),
  appRoute({
    method: "patch",
    path: "/drain",
    verb: "formation:write",
    body: changeDrainSchema,
    async answer({ platform, actor, app, body }): Promise<DrainView> {
      const { drain, previous } = await platform.setDrain(actor, app, body);
      return { ...drain, previous };
    },
  }),
];
