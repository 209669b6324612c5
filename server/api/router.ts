import { platformRoute } from "./route";

export const routerRoutes = [
  platformRoute({
    method: "get",
    path: "/router",
    verb: "platform:read",
    answer: ({ platform }) => platform.readRouter(),
  }),
  platformRoute({
    method: "post",
    path: "/router/reload",
    verb: "platform:write",
    status: 202,
    answer: ({ platform }) => platform.reloadRouter(),
  }),
];
