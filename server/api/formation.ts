import { type FormationView, scaleSchema } from "../../core/wire";
import { appRoute } from "./route";

export const formationRoutes = [
  appRoute({
    method: "get",
    path: "/formation",
    verb: "app:read",
    async answer({ app }): Promise<FormationView> {
      return { quantities: app.formation.quantities, previous: app.formation.quantities };
    },
  }),
  appRoute({
    method: "patch",
    path: "/formation",
    verb: "formation:write",
    body: scaleSchema,
    status: 202,
    answer: ({ platform, actor, app, body }): Promise<FormationView> =>
      platform.scale(actor, app, body.words),
  }),
  appRoute({
    method: "get",
    path: "/instances",
    verb: "app:read",
    answer: ({ platform, app }) => platform.listInstances(app),
  }),
];
