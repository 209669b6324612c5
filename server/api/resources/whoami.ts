import type { Whoami } from "../../../core/wire";
import type { Apps } from "../platform/apps";
import type { Status } from "../platform/status";
import { routesFor } from "../request/route";

const { platformRoute } = routesFor<Apps & Status>();

export const whoamiRoutes = [
  platformRoute({
    method: "get",
    path: "/whoami",
    verb: null,
    async answer({ platform, actor }): Promise<Whoami> {
      const names = new Map((await platform.listApps()).map((app) => [app.id, app.name]));
      const apps = Object.entries(actor.apps).flatMap(([id, role]) => {
        const name = names.get(id);
        return name === undefined ? [] : [[name, role]];
      });
      return { name: actor.name, admin: actor.admin, apps: Object.fromEntries(apps) };
    },
  }),
  platformRoute({
    method: "get",
    path: "/status",
    verb: "platform:read",
    answer: ({ platform }) => platform.status(),
  }),
];
