import { collectSchema } from "../../../core/wire";
import type { GarbageCollection } from "../platform/garbage";
import { routesFor } from "../request/route";

const { platformRoute } = routesFor<GarbageCollection>();

export const garbageRoutes = [
  platformRoute({
    method: "post",
    path: "/gc",
    verb: "platform:write",
    body: collectSchema,
    answer: ({ platform, body }) => platform.collectGarbage(body.dryRun === true),
  }),
];
