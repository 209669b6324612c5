import type { Router } from "../platform/router";
import { routesFor } from "../request/route";

const { platformRoute } = routesFor<Router>();

export const routerRoutes = [
  platformRoute({
    method: "get",
    path: "/router",
    verb: "platform:read",
    answer: ({ platform }) => platform.readRouter(),
  }),
  platformRoute({
    method: "get",
    path: "/router/metrics",
    verb: "platform:read",
    answer: ({ platform }) => platform.readMetrics(),
  }),
  platformRoute({
    method: "get",
    path: "/metrics",
    verb: "platform:read",
    text: ({ platform }) => platform.metricsText(),
  }),
  platformRoute({
    method: "post",
    path: "/router/reload",
    verb: "platform:write",
    status: 202,
    answer: ({ platform }) => platform.reloadRouter(),
  }),
];
