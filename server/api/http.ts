import { changeHttpSchema, type HttpView, setHttpUserSchema, setMaintenanceSchema } from "../../core/wire";
import type { HttpChange } from "../actions/http";
import { appRoute } from "./route";

export const httpRoutes = [
  appRoute({
    method: "get",
    path: "/http",
    verb: "app:read",
    async answer({ platform, app }): Promise<HttpView> {
      const state = await platform.readHttp(app);
      return httpView({ state, previous: state });
    },
  }),
  appRoute({
    method: "patch",
    path: "/http",
    verb: "http:write",
    body: changeHttpSchema,
    answer: async ({ platform, actor, app, body }) =>
      httpView(await platform.setHttp(actor, app, body.changes)),
  }),
  appRoute({
    method: "patch",
    path: "/http/users",
    verb: "http:write",
    body: setHttpUserSchema,
    answer: async ({ platform, actor, app, body }) => httpView(await platform.setHttpUser(actor, app, body)),
  }),
  appRoute({
    method: "patch",
    path: "/maintenance",
    verb: "http:write",
    body: setMaintenanceSchema,
    answer: async ({ platform, actor, app, body }) =>
      httpView(await platform.setMaintenance(actor, app, body.on)),
  }),
];

const httpView = ({ state, previous }: HttpChange): HttpView => ({
  settings: state.settings,
  maintenance: state.maintenance,
  users: Object.keys(state.users).sort(),
  previous: { settings: previous.settings, maintenance: previous.maintenance },
});
