import type { Cron } from "../platform/cron";
import { wholeNumber } from "../request/numbers";
import { routesFor } from "../request/route";
import { runView } from "./views";

const { appRoute } = routesFor<Cron>();

export const cronRoutes = [
  appRoute({
    method: "get",
    path: "/cron",
    verb: "app:read",
    answer: ({ platform, app }) => platform.listCron(app),
  }),
  appRoute({
    method: "post",
    path: "/cron/:number/run",
    verb: "run:start",
    status: 201,
    answer: async ({ platform, actor, app, param }) =>
      runView(await platform.runCron(actor, app, wholeNumber("the number", param("number"), 1, 1000))),
  }),
];
