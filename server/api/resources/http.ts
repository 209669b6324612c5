import type { App } from "../../../core/app";
import { changeHttpSchema, type HttpView, setHttpUserSchema, setMaintenanceSchema } from "../../../core/wire";
import type { HttpChange } from "../../actions/http/http";
import type { Http } from "../platform/http";
import { routesFor } from "../request/route";

const { appRoute } = routesFor<Http>();

export const httpRoutes = [
  appRoute({
    method: "get",
    path: "/http",
    verb: "app:read",
    async answer({ platform, app }): Promise<HttpView> {
      const state = await platform.readHttp(app);
      return httpView(platform, app, { state, previous: state });
    },
  }),
  appRoute({
    method: "patch",
    path: "/http",
    verb: "http:write",
    body: changeHttpSchema,
    answer: async ({ platform, actor, app, body }) =>
      httpView(platform, app, await platform.setHttp(actor, app, body.changes)),
  }),
  appRoute({
    method: "patch",
    path: "/http/users",
    verb: "http:write",
    body: setHttpUserSchema,
    answer: async ({ platform, actor, app, body }) =>
      httpView(platform, app, await platform.setHttpUser(actor, app, body)),
  }),
  appRoute({
    method: "patch",
    path: "/maintenance",
    verb: "http:write",
    body: setMaintenanceSchema,
    answer: async ({ platform, actor, app, body }) =>
      httpView(platform, app, await platform.setMaintenance(actor, app, body.on)),
  }),
];

async function httpView(http: Http, app: App, { state, previous }: HttpChange): Promise<HttpView> {
  const pages = await http.listPages(app);
  return {
    settings: state.settings,
    maintenance: state.maintenance,
    users: Object.keys(state.users).sort(),
    pages: pages
      .filter(({ kind, url }) => state.settings[`${kind}-page`] === url)
      .map(({ kind, fetchedAt, problem }) => ({
        kind,
        fetchedAt: fetchedAt?.toISOString() ?? null,
        problem,
      })),
    previous: { settings: previous.settings, maintenance: previous.maintenance },
  };
}
