import { detachedRunSchema } from "../../../core/wire";
import type { Runs } from "../platform/runs";
import { wholeNumber } from "../request/numbers";
import { routesFor } from "../request/route";
import { runView } from "./views";

const { appRoute } = routesFor<Runs>();

export const runsRoutes = [
  appRoute({
    method: "get",
    path: "/runs",
    verb: "run:read",
    async answer({ platform, app, query }) {
      const limit = wholeNumber("limit", query("limit") ?? "50", 1, 1000);
      const runs = query("all") === "1" ? platform.listRuns(app, limit) : platform.openRuns(app);
      return (await runs).map(runView);
    },
  }),
  appRoute({
    method: "post",
    path: "/runs",
    verb: "run:start",
    body: detachedRunSchema,
    status: 201,
    answer: async ({ platform, actor, app, body }) => runView(await platform.runDetached(actor, app, body)),
  }),
  appRoute({
    method: "delete",
    path: "/runs/:name",
    verb: "run:start",
    answer: ({ platform, app, param }) => platform.stopRun(app, param("name")),
  }),
];
