import { collectSchema } from "../../core/wire";
import { platformRoute } from "./route";

export const garbageRoutes = [
  platformRoute({
    method: "post",
    path: "/gc",
    verb: "platform:write",
    body: collectSchema,
    answer: ({ platform, body }) => platform.collectGarbage(body.dryRun === true),
  }),
];
